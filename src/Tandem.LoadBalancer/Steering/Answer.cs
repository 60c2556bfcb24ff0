using System.Net;

namespace Tandem.LoadBalancer.Steering;

/// <summary>What DNS says for a load balancer's name.</summary>
/// <param name="Pool">The pool that serves; null where nothing may.</param>
/// <param name="Addresses">Its addresses; empty only where nothing may serve.</param>
/// <param name="Ttl">How long the answer may be kept, in seconds.</param>
public sealed record Answer(PoolView? Pool, IReadOnlyList<IPAddress> Addresses, int Ttl);
