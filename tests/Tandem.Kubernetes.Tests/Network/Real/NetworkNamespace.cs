using System.Net.Sockets;
using System.Runtime.InteropServices;
using Tandem.Processes;

namespace Tandem.Kubernetes.Tests.Network.Real;

/// <summary>A network namespace. A socket stays in the namespace in which it was made, whoever uses it then.</summary>
internal sealed class NetworkNamespace(string name)
{
    private const int CloneNewNet = 0x40000000;

    public string Name => name;

    public Task<ProcessResult> RunAsync(string program, params string[] arguments) =>
        ProcessRunner.RunCheckedAsync(new Command("nsenter", [$"--net=/run/netns/{name}", program, .. arguments]));

    public Task<ProcessResult> ApplyAsync(string rules) =>
        ProcessRunner.RunCheckedAsync(new Command("nsenter", $"--net=/run/netns/{name}", "nft", "-f", "-") { Input = rules });

    public Socket CreateSocket(ProtocolType protocol) => Create(
        () => new Socket(AddressFamily.InterNetwork, protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram, protocol));

    /// <summary>Something with a socket that is made in this namespace.</summary>
    public T Create<T>(Func<T> make)
        where T : class
    {
        T? made = null;
        var error = 0;
        // A thread of its own, which ends with the namespace it entered.
        var thread = new Thread(() =>
        {
            using var handle = File.OpenHandle($"/run/netns/{name}");
            if (setns((int)handle.DangerousGetHandle(), CloneNewNet) != 0)
                error = Marshal.GetLastPInvokeError();
            else
                made = make();
        });
        thread.Start();
        thread.Join();
        return made ?? throw new InvalidOperationException($"setns {name}: errno {error}");
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int setns(int fd, int nstype);
}
