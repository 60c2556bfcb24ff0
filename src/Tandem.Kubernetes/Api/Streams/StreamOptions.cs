namespace Tandem.Kubernetes.Api.Streams;

/// <summary>PodExecOptions and PodAttachOptions, with the container found.</summary>
/// <param name="Container">Name of the container.</param>
/// <param name="Command">Program and arguments; empty for attach.</param>
/// <param name="Stdin">The client sends input.</param>
/// <param name="Stdout">The client wants output.</param>
/// <param name="Stderr">The client wants errors apart; never with a terminal, which has one output only.</param>
/// <param name="Tty">A terminal.</param>
internal sealed record StreamOptions(
    string Container, IReadOnlyList<string> Command, bool Stdin, bool Stdout, bool Stderr, bool Tty);
