using System.Globalization;
using System.Text;
using static System.Net.WebUtility;

namespace Tandem.Platform.Drills.Html;

/// <summary>The timeline of a drill: requests by cluster, health, answer and fault over the same seconds.</summary>
internal sealed class TimelineSvg
{
    private const double Left = 90;
    private const double Right = 990;
    private const double ChartTop = 34;
    private const double ChartBottom = 194;
    private const double BandHeight = 14;
    private const double BandStep = 22;
    private const double AxisTop = ChartBottom + 12 + (3 * BandStep);

    private readonly StringBuilder _svg = new();
    private readonly DrillReport _report;
    private readonly double _length;

    private TimelineSvg(DrillReport report)
    {
        _report = report;
        _length = Math.Max(1, report.Traffic.Count);
    }

    /// <summary>Draws it.</summary>
    public static string Of(DrillReport report) => new TimelineSvg(report).Draw();

    private string Draw()
    {
        _svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"timeline\" viewBox=\"0 0 1000 {AxisTop + 72:0}\" role=\"img\" aria-label=\"Timeline of {HtmlEncode(_report.Drill)}\">\n");
        Legend();
        if (_report.FaultAt is { } fault)
            Rect("fault", X(fault), ChartTop - 4, Math.Max(2, X(_report.HealedAt ?? fault) - X(fault)), AxisTop - ChartTop + 4, "fault");
        Traffic();
        Band(0, "hot", o => o.HotHealthy switch { true => "good", false => "bad", _ => "unknown" });
        Band(1, "standby", o => o.StandbyHealthy switch { true => "good", false => "bad", _ => "unknown" });
        Band(2, "answer", o => o.Answer ?? "unknown");
        Axis();
        Events();
        return _svg.Append("</svg>\n").ToString();
    }

    private void Legend()
    {
        var x = Left;
        foreach (var (kind, text, width) in new[]
        {
            ("hot", "served by hot", 110.0), ("standby", "served by standby", 135), ("failed", "failed", 70), ("slow", "slower than 1 s", 120), ("good", "healthy", 80), ("bad", "not healthy", 100), ("fault", "fault", 60),
        })
        {
            Rect(kind, x, 4, 10, 10, text);
            Text(x + 15, 13, "start", text);
            x += width;
        }
    }

    private void Traffic()
    {
        var most = Math.Max(1, _report.Traffic.Max(s => (int?)(s.Hot + s.Standby + s.Failed)) ?? 1);
        var scale = (ChartBottom - ChartTop) / most;
        Line("grid", Left, ChartTop, Right, ChartTop);
        Line("grid", Left, ChartBottom, Right, ChartBottom);
        Text(Left - 8, ChartTop + 4, "end", $"{most}/s");
        Text(Left - 8, ChartBottom + 4, "end", "0");
        var width = (Right - Left) / _length;
        for (var i = 0; i < _report.Traffic.Count; i++)
        {
            var second = _report.Traffic[i];
            var y = ChartBottom;
            foreach (var (kind, count) in new[] { ("hot", second.Hot), ("standby", second.Standby), ("failed", second.Failed) })
            {
                if (count == 0)
                    continue;
                y -= count * scale;
                Rect(kind, Left + (i * width), y, Math.Max(0.5, width - Math.Min(1, width / 4)), count * scale, $"{i} s: {count} {kind}");
            }

            if (second.Slow > 0)
                Rect("slow", Left + (i * width), ChartTop - 7, Math.Max(1, width - 1), 4, $"{i} s: {second.Slow} slower than 1 s");
        }
    }

    private void Band(int row, string name, Func<Observation, string> kind)
    {
        var y = ChartBottom + 12 + (row * BandStep);
        Text(Left - 8, y + 11, "end", name);
        var changes = _report.Observations;
        for (int i = 0, next; i < changes.Count; i = next)
        {
            var now = kind(changes[i]);
            for (next = i + 1; next < changes.Count && kind(changes[next]) == now;)
                next++;
            var end = next < changes.Count ? X(changes[next].At) : Right;
            Rect(now, X(changes[i].At), y, end - X(changes[i].At), BandHeight, $"{name}: {now}");
        }
    }

    /// <summary>Seconds since the fault, at round numbers.</summary>
    private void Axis()
    {
        Line("axis", Left, AxisTop, Right, AxisTop);
        var zero = _report.FaultAt is { } fault ? (fault - Start).TotalSeconds : 0;
        var step = new[] { 1, 2, 5, 10, 20, 30, 60, 120 }.FirstOrDefault(s => _length / s <= 15, 300);
        for (var tick = Math.Ceiling(-zero / step) * step; tick <= _length - zero; tick += step)
        {
            var x = Left + ((tick + zero) / _length * (Right - Left));
            Line("axis", x, AxisTop, x, AxisTop + 4);
            Text(x, AxisTop + 17, "middle", string.Create(CultureInfo.InvariantCulture, $"{(int)tick} s"));
        }
    }

    /// <summary>A line for each event; its name is below, in the first row that has room for it.</summary>
    private void Events()
    {
        double[] free = [0, 0, 0];
        foreach (var (what, at) in DrillEvents.Of(_report).Where(e => e.At is not null).OrderBy(e => e.At))
        {
            var x = X(at!.Value);
            _svg.Append(CultureInfo.InvariantCulture, $"<line class=\"event\" x1=\"{x:0.#}\" y1=\"{ChartTop - 4:0.#}\" x2=\"{x:0.#}\" y2=\"{AxisTop:0.#}\"><title>{HtmlEncode(what)}</title></line>\n");
            var width = (what.Length * 5.6) + 10;
            var from = Math.Min(x, Right - width);
            var row = Array.FindIndex(free, f => f <= from);
            if (row < 0)
                continue;
            Text(from, AxisTop + 36 + (row * 14), "start", $"\u2191 {what}");
            free[row] = from + width + 6;
        }
    }

    private DateTimeOffset Start => _report.Traffic.Count > 0 ? _report.Traffic[0].At : _report.StartedAt;

    private double X(DateTimeOffset at) => Math.Clamp(Left + ((at - Start).TotalSeconds / _length * (Right - Left)), Left, Right);

    private void Rect(string kind, double x, double y, double width, double height, string title) => _svg.Append(
        CultureInfo.InvariantCulture, $"<rect class=\"{kind}\" x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\"><title>{HtmlEncode(title)}</title></rect>\n");

    private void Line(string kind, double x1, double y1, double x2, double y2) =>
        _svg.Append(CultureInfo.InvariantCulture, $"<line class=\"{kind}\" x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\"/>\n");

    private void Text(double x, double y, string anchor, string text) =>
        _svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{HtmlEncode(text)}</text>\n");
}
