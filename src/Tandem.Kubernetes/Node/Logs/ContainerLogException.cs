namespace Tandem.Kubernetes.Node.Logs;

/// <summary>There is no log to show; the message is what a real API server says, with status 400 (BadRequest).</summary>
public class ContainerLogException(string message) : Exception(message);

/// <summary>The container has not started yet, or nothing is left of it.</summary>
public sealed class ContainerWaitingException(string message) : ContainerLogException(message);

/// <summary>There was no instance before the present one.</summary>
public sealed class PreviousContainerNotFoundException(string message) : ContainerLogException(message);
