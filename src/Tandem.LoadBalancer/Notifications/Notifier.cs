namespace Tandem.LoadBalancer.Notifications;

/// <summary>All senders: none waits for another.</summary>
internal sealed class Notifier(IReadOnlyList<WebhookSender> senders) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        foreach (var sender in senders)
            await sender.DisposeAsync();
    }
}
