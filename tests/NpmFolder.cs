using System.Security.Cryptography;
using Tandem.Processes;

namespace Tandem.Tests;

/// <summary>A folder with a package.json whose packages tests use: installed once, as its lock file says.</summary>
internal static class NpmFolder
{
    /// <summary>A registry that gives nothing for this long is not there.</summary>
    private static readonly TimeSpan InstallTime = TimeSpan.FromMinutes(4);

    // Test classes that run side by side may use the same folder.
    private static readonly SemaphoreSlim One = new(1);

    /// <summary>Installs what the lock file says, unless that is there.</summary>
    public static async Task InstallAsync(string folder)
    {
        await One.WaitAsync();
        try
        {
            await InstallMissingAsync(folder);
        }
        finally
        {
            One.Release();
        }
    }

    private static async Task InstallMissingAsync(string folder)
    {
        var stamp = Path.Combine(folder, "node_modules", ".tandem");
        var wanted = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder, "package-lock.json"))));
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted)
            return;
        using var timeout = new CancellationTokenSource(InstallTime, TimeProvider.System);
        try
        {
            await ProcessRunner.RunCheckedAsync(
                new Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund") { WorkingDirectory = folder }, timeout.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"npm ci in {folder} took longer than {InstallTime}: can this machine reach its npm registry?", e);
        }

        await File.WriteAllTextAsync(stamp, wanted);
    }
}
