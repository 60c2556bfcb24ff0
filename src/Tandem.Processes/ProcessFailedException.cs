namespace Tandem.Processes;

/// <summary>A program exited with another code than 0.</summary>
public sealed class ProcessFailedException(ProcessResult result)
    : Exception($"'{result.Command}' exited with {result.ExitCode}: {Last(result)}")
{
    /// <summary>What it printed and how it ended.</summary>
    public ProcessResult Result { get; } = result;

    private static string Last(ProcessResult result)
    {
        var text = result.Error.Trim() is { Length: > 0 } error ? error : result.Output.Trim();
        return text.Length > 2000 ? "…" + text[^2000..] : text;
    }
}
