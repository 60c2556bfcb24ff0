namespace Tandem.Cli.Commands;

/// <summary>Who runs the command, as records have it.</summary>
internal static class Author
{
    /// <summary>user@machine; the user who called sudo, where that is how it was run.</summary>
    public static string Current { get; } =
        $"{(Environment.GetEnvironmentVariable("SUDO_USER") is { Length: > 0 } caller ? caller : Environment.UserName)}@{Environment.MachineName}";
}
