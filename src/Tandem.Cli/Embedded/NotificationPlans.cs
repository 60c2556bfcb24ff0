using System.Security.Cryptography;
using System.Text;
using Tandem.Cli.Commands;
using Tandem.Host;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Embedded;

/// <summary>Puts the secrets of notifications where the load balancer reads them: files that their owner alone may read.</summary>
internal static class NotificationPlans
{
    /// <summary>Writes the secrets and says who is told; null for nobody. Needs the load balancer's token.</summary>
    /// <exception cref="UsageException">A secret is not where the platform file says.</exception>
    public static NotificationsPlan? Write(PlatformSpec spec, StateFolder state)
    {
        var notifications = spec.LoadBalancer.Notifications;
        if (notifications.Count == 0)
            return null;
        var webhooks = new List<WebhookPlan>();
        var version = new StringBuilder();
        foreach (var (i, notification) in notifications.Index())
        {
            var secret = Secret(notification);
            var path = secret is null ? null : Path.Combine(state.LoadBalancer, $"notification-{i}.secret");
            if (path is not null)
                WriteSecret(path, secret!);
            webhooks.Add(new WebhookPlan(notification.Url.AbsoluteUri, path));
            version.Append(notification.Url.AbsoluteUri).Append('\n').Append(secret).Append('\n');
        }

        var key = File.ReadAllBytes(state.LoadBalancerToken);
        return new NotificationsPlan(
            Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(version.ToString())))[..16], webhooks);
    }

    private static string? Secret(NotificationSpec notification)
    {
        var text = notification switch
        {
            { SecretEnvironment: { } name } => Environment.GetEnvironmentVariable(name)
                ?? throw new UsageException($"the environment variable {name} with the secret of a notification is not set"),
            { SecretFile: { } file } => File.ReadAllText(file),
            _ => null,
        };
        return text is null ? null
            : text.Trim() is { Length: > 0 } secret ? secret
            : throw new UsageException($"the secret of the notification to {notification.Url.Authority} is empty");
    }

    /// <summary>Another file takes the old one's place, so that nobody reads half of it.</summary>
    private static void WriteSecret(string path, string secret)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var writer = new StreamWriter(new FileStream(path + ".new", options)))
            writer.WriteLine(secret);
        File.Move(path + ".new", path, overwrite: true);
    }
}
