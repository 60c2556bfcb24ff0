using Tandem.Processes;

namespace Tandem.Kubernetes.Network.Rules;

/// <summary>Brings the kernel's tables to a wanted state: whole the first time, by what differs from then on.</summary>
/// <param name="run">Runs one transaction's text, all or nothing.</param>
/// <param name="list">What the kernel has, by nft with these arguments.</param>
/// <param name="log">Told when a change did not fit what the kernel had, and everything was replaced.</param>
internal sealed class NftKernel(
    Func<string, CancellationToken, Task> run, Func<IReadOnlyList<string>, CancellationToken, Task<string>> list, Action<string> log)
{
    private IReadOnlyList<NftTable>? _applied;

    /// <exception cref="ProcessFailedException">The kernel refused it; its tables are as they were.</exception>
    public async Task ApplyAsync(IReadOnlyList<NftTable> wanted, CancellationToken cancellationToken)
    {
        if (_applied is { } applied)
        {
            try
            {
                var change = string.Concat(applied.Zip(wanted, NftTransaction.Change));
                if (change.Length > 0)
                    await run(change, cancellationToken);
                _applied = wanted;
                return;
            }
            catch (ProcessFailedException e)
            {
                // Somebody else changed the tables, or removed them.
                log($"The network rules were not what they should be and are set anew: {e.Message}");
            }
        }

        _applied = null;
        await run(NftTransaction.Replace(wanted, NftMemory.Read(await list(NftMemory.List, cancellationToken))), cancellationToken);
        _applied = wanted;
    }

    /// <summary>Transactions in this process's network namespace.</summary>
    public static Task RunAsync(string transaction, CancellationToken cancellationToken) =>
        ProcessRunner.RunCheckedAsync(new Command("nft", "-f", "-") { Input = transaction }, cancellationToken);

    /// <summary>The listing of this process's network namespace.</summary>
    public static async Task<string> ListAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        (await ProcessRunner.RunCheckedAsync(new Command("nft", [.. arguments]), cancellationToken)).Output;
}
