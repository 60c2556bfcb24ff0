using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Api;

/// <summary>Everything in which monitors, groups, pools and load balancers differ; what they share is in <see cref="ResourceService{T}"/>.</summary>
internal abstract class ResourceKind<T>
    where T : class, ICloudflareObject
{
    /// <summary>What a message calls it.</summary>
    public abstract string Name { get; }

    /// <summary>What a reference calls it: one of the constants of <see cref="References"/>.</summary>
    public abstract string Type { get; }

    public abstract JsonTypeInfo<T> Json { get; }

    public abstract JsonTypeInfo<CloudflareEnvelope<T>> Envelope { get; }

    public abstract JsonTypeInfo<CloudflareEnvelope<IReadOnlyList<T>>> ListEnvelope { get; }

    public abstract ImmutableSortedDictionary<string, T> In(Configuration configuration);

    public abstract Configuration With(Configuration configuration, ImmutableSortedDictionary<string, T> all);

    /// <summary>How many there may be.</summary>
    public abstract int Limit(LoadBalancerQuotas quotas);

    public abstract T WithId(T value, string id);

    /// <summary>Fills in every default, the identifier and the times.</summary>
    public abstract T Complete(T value, string id, DateTimeOffset created, DateTimeOffset modified);

    public abstract DateTimeOffset? CreatedOn(T value);

    /// <summary>Finds everything that is wrong; references are looked up in the configuration.</summary>
    public abstract void Validate(T value, Configuration configuration, Validation errors);

    /// <summary>The object as it is answered, with what is only known now.</summary>
    public abstract T Present(T value);
}
