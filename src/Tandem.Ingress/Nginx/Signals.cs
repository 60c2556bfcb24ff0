using System.Runtime.InteropServices;

namespace Tandem.Ingress.Nginx;

/// <summary>Signals to nginx (see "Controlling nginx" in its documentation), by system call: the image has no kill program.</summary>
internal static class Signals
{
    public const int Reload = 1; // SIGHUP
    public const int Quit = 3; // SIGQUIT: serve what is under way, then end
    public const int Kill = 9;
    public const int Terminate = 15; // SIGTERM: end at once

    /// <summary>Sends a signal; a process that has ended in the meantime is no error.</summary>
    public static void Send(int pid, int signal) => _ = NativeKill(pid, signal);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int NativeKill(int pid, int signal);
}
