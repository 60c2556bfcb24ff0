namespace Tandem.Kubernetes.Node.Pods;

/// <summary>A pod's sandbox as the runtime holds it.</summary>
internal sealed record Sandbox(string Id, uint Attempt, bool Ready, long CreatedAt, string Ip);

internal enum ContainerPhase
{
    Created,
    Running,
    Exited,
    Unknown,
}

/// <summary>A container as the runtime holds it.</summary>
internal sealed record ContainerInstance
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required ContainerPhase Phase { get; init; }
    public string SandboxId { get; init; } = "";
    public int RestartCount { get; init; }
    public string Hash { get; init; } = "";
    public long CreatedAt { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset FinishedAt { get; init; }
    public int ExitCode { get; init; }
    public string Reason { get; init; } = "";
    public string Message { get; init; } = "";
    public string ImageId { get; init; } = "";

    public bool Running => Phase == ContainerPhase.Running;

    public bool Exited => Phase == ContainerPhase.Exited;

    public bool Succeeded => Exited && ExitCode == 0;
}

/// <summary>What the runtime holds for one pod; newest first.</summary>
internal sealed record PodRuntime(IReadOnlyList<Sandbox> Sandboxes, IReadOnlyList<ContainerInstance> Containers)
{
    public static PodRuntime Empty { get; } = new([], []);

    public Sandbox? Sandbox => Sandboxes.Count > 0 ? Sandboxes[0] : null;

    public Sandbox? ReadySandbox => Sandbox is { Ready: true } sandbox ? sandbox : null;

    /// <summary>The newest container of that name, or null.</summary>
    public ContainerInstance? Latest(string name) => Containers.FirstOrDefault(c => c.Name == name);

    /// <summary>The container of that name before the newest one, or null.</summary>
    public ContainerInstance? Previous(string name) => Containers.Where(c => c.Name == name).Skip(1).FirstOrDefault();
}
