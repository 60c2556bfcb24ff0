namespace Tandem.LoadBalancer.State;

/// <summary>
/// Which write of an object this is: a Lamport timestamp. A write's counter is one more than any that its server has seen, so
/// that a write made in knowledge of another is the later one; writes in ignorance of each other are ordered by their writers.
/// <see href="https://doi.org/10.1145/359545.359563">Lamport: Time, clocks, and the ordering of events</see>.
/// </summary>
/// <param name="Counter">At least 1; 0 for what was written before there were stamps.</param>
/// <param name="Writer">The run of a server that wrote it, in random hexadecimal digits.</param>
internal readonly record struct Stamp(long Counter, string Writer) : IComparable<Stamp>
{
    /// <summary>Of objects from a file without stamps.</summary>
    public static Stamp None { get; } = new(0, "");

    public int CompareTo(Stamp other) =>
        Counter != other.Counter ? Counter.CompareTo(other.Counter) : string.CompareOrdinal(Writer, other.Writer);
}
