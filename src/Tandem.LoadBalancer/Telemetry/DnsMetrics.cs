using Prometheus;
using Tandem.Dns;
using Tandem.Dns.Server;

namespace Tandem.LoadBalancer.Telemetry;

/// <summary>The DNS server's own counts, read when somebody asks: answering is no slower for them.</summary>
internal sealed class DnsMetrics(MetricFactory metrics, DnsServerStatistics dns)
{
    private readonly Counter _queries = metrics.CreateCounter("tandem_lb_dns_queries_total", "Messages received.", "transport");
    private readonly Counter _answers = metrics.CreateCounter("tandem_lb_dns_answers_total", "Answers sent, by their result.", "rcode");
    private readonly Counter _malformed = metrics.CreateCounter("tandem_lb_dns_malformed_total", "Messages that could not be read.");
    private readonly Counter _dropped = metrics.CreateCounter("tandem_lb_dns_dropped_total", "Dropped because too many were under way.");
    private readonly Counter _limited = metrics.CreateCounter(
        "tandem_lb_dns_rate_limited_total", "Answers over the rate of their network, by what was done instead of sending them.", "instead");
    private readonly Counter _errors = metrics.CreateCounter("tandem_lb_dns_errors_total", "Exceptions that the server survived.");

    /// <summary>Takes what is now.</summary>
    public void Collect()
    {
        _queries.WithLabels("udp").IncTo(dns.UdpQueries);
        _queries.WithLabels("tcp").IncTo(dns.TcpQueries);
        foreach (var rcode in Enum.GetValues<DnsRcode>())
            _answers.WithLabels(rcode.ToString().ToUpperInvariant()).IncTo(dns.Answers(rcode));
        _malformed.IncTo(dns.Malformed);
        _dropped.IncTo(dns.Overload);
        _limited.WithLabels("dropped").IncTo(dns.RateLimited);
        _limited.WithLabels("truncated").IncTo(dns.Slipped);
        _errors.IncTo(dns.Errors);
    }
}
