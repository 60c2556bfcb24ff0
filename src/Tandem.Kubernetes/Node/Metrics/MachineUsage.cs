using System.Globalization;
using Tandem.Kubernetes.Node.Registration;

namespace Tandem.Kubernetes.Node.Metrics;

/// <summary>What the machine as a whole uses, as its kernel counts. See proc_stat(5) and proc_meminfo(5).</summary>
internal static class MachineUsage
{
    /// <summary>The kernel's unit of time in /proc: USER_HZ is 100 on all architectures that .NET runs on.</summary>
    private const long NanosecondsATick = 10_000_000;

    /// <summary>Columns of the line "cpu" that are no work: idle and iowait; guest time is in user time already.</summary>
    private static readonly int[] Work = [1, 2, 3, 6, 7, 8];

    /// <summary>Processor time of all cores since the start, in nanoseconds.</summary>
    public static long CpuNanoseconds() => CpuNanoseconds(File.ReadLines("/proc/stat").First());

    /// <inheritdoc cref="CpuNanoseconds()"/>
    public static long CpuNanoseconds(string line)
    {
        var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return NanosecondsATick * Work.Where(c => c < columns.Length).Sum(c => long.Parse(columns[c], CultureInfo.InvariantCulture));
    }

    /// <summary>Bytes that are not available to new processes.</summary>
    /// <param name="folder">As for <see cref="MachineInfo.Read(string)"/>.</param>
    public static long MemoryBytes(string folder)
    {
        var machine = MachineInfo.Read(folder);
        return machine.Memory - machine.MemoryAvailable;
    }
}
