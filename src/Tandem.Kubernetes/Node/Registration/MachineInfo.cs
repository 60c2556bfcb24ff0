using System.Globalization;
using System.Runtime.InteropServices;

namespace Tandem.Kubernetes.Node.Registration;

/// <summary>What the machine is and has.</summary>
internal sealed record MachineInfo
{
    public required int Cpus { get; init; }

    /// <summary>Bytes.</summary>
    public required long Memory { get; init; }

    public required long MemoryAvailable { get; init; }

    public required long Disk { get; init; }

    public required long DiskAvailable { get; init; }

    public required string KernelVersion { get; init; }

    public required string OsImage { get; init; }

    public required string BootId { get; init; }

    public required string MachineId { get; init; }

    public required string Architecture { get; init; }

    /// <summary>The machine, with as much of its memory as the node may use, and the node's boot id.</summary>
    public static MachineInfo Read(NodeOptions options)
    {
        var machine = Read(options.StateDirectory);
        return machine with { Memory = Math.Min(machine.Memory, options.MemoryCapacity ?? long.MaxValue), BootId = options.BootId ?? machine.BootId };
    }

    /// <param name="folder">A folder on the file system that pods use.</param>
    public static MachineInfo Read(string folder)
    {
        var memory = File.ReadAllLines("/proc/meminfo");
        var disk = new DriveInfo(folder);
        var os = File.Exists("/etc/os-release") ? File.ReadAllLines("/etc/os-release") : [];
        return new MachineInfo
        {
            Cpus = Environment.ProcessorCount,
            Memory = Kibibytes(memory, "MemTotal:"),
            MemoryAvailable = Kibibytes(memory, "MemAvailable:"),
            Disk = disk.TotalSize,
            DiskAvailable = disk.AvailableFreeSpace,
            KernelVersion = Text("/proc/sys/kernel/osrelease"),
            BootId = Text("/proc/sys/kernel/random/boot_id"),
            MachineId = Text("/etc/machine-id"),
            OsImage = os.FirstOrDefault(l => l.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))?["PRETTY_NAME=".Length..].Trim('"') ?? "Linux",
            Architecture = RuntimeInformation.ProcessArchitecture switch
            {
                System.Runtime.InteropServices.Architecture.X64 => "amd64",
                System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
                var other => other.ToString().ToLowerInvariant(),
            },
        };
    }

    private static long Kibibytes(string[] lines, string name) =>
        lines.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? 1024 * long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) : 0;

    private static string Text(string file) => File.Exists(file) ? File.ReadAllText(file).Trim() : "";
}
