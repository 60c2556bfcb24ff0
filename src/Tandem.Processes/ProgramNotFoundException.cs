namespace Tandem.Processes;

/// <summary>A program could not be started because it is not there or is not executable.</summary>
public sealed class ProgramNotFoundException(string program, Exception inner)
    : Exception($"cannot start '{program}': {inner.Message}", inner)
{
    /// <summary>The program that is missing.</summary>
    public string Program { get; } = program;
}
