using System.Globalization;
using System.Text;

namespace Tandem.Kubernetes.Node.Stats;

/// <summary>Prometheus' text format 0.0.4. See https://prometheus.io/docs/instrumenting/exposition_formats/.</summary>
internal sealed class PrometheusText
{
    private readonly StringBuilder _text = new();

    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Adds a metric; nothing where it has no samples.</summary>
    /// <param name="name">The metric's.</param>
    /// <param name="type">counter or gauge.</param>
    /// <param name="help">What it measures.</param>
    /// <param name="samples">Labels, value and time.</param>
    public void Add(string name, string type, string help, IEnumerable<Sample> samples)
    {
        var first = true;
        foreach (var sample in samples)
        {
            if (first)
                _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
            first = false;
            _text.Append(name);
            if (sample.Labels.Length > 0)
                _text.Append('{').AppendJoin(',', sample.Labels.Select(l => $"{l.Name}=\"{Escaped(l.Value)}\"")).Append('}');
            _text.Append(CultureInfo.InvariantCulture, $" {sample.Value:R}");
            if (sample.At is { } at)
                _text.Append(CultureInfo.InvariantCulture, $" {at.ToUnixTimeMilliseconds()}");
            _text.Append('\n');
        }
    }

    public override string ToString() => _text.ToString();

    private static string Escaped(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>A value of a metric.</summary>
    internal sealed record Sample((string Name, string Value)[] Labels, double Value, DateTimeOffset? At = null);
}
