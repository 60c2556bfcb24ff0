namespace Tandem.Platform.Spec;

/// <summary>One mistake in a platform file.</summary>
/// <param name="File">The file as it was named.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record SpecError(string File, long Line, long Column, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}

/// <summary>A platform file that cannot be used, with everything that is wrong with it.</summary>
public sealed class InvalidSpecException(IReadOnlyList<SpecError> errors) : Exception(string.Join('\n', errors))
{
    /// <summary>The mistakes in the order of the file.</summary>
    public IReadOnlyList<SpecError> Errors { get; } = errors;
}
