namespace Tandem.Fuzz;

/// <summary>A check of a fuzz target failed.</summary>
public sealed class FindException(string message) : Exception(message)
{
    /// <summary>Throws unless something is so.</summary>
    internal static void Unless(bool condition, string message)
    {
        if (!condition)
            throw new FindException(message);
    }
}
