namespace Tandem.Dns.Server;

/// <summary>From a message to its answer, the same for UDP and TCP.</summary>
internal sealed class DnsAnswering(IDnsHandler handler, DnsServerStatistics statistics, DnsServerOptions options)
{
    private readonly DnsCookies? _cookies = options.Cookies ? new DnsCookies(options.TimeProvider) : null;

    public DnsServerStatistics Statistics => statistics;

    /// <summary>Writes the answer to a message.</summary>
    /// <param name="message">What came.</param>
    /// <param name="client">The client's address, 4 or 16 bytes.</param>
    /// <param name="response">The place for the answer.</param>
    /// <param name="limit">Its largest size in bytes; null for what the query allows over UDP.</param>
    /// <param name="cancellationToken">Cancelled when the server stops.</param>
    /// <returns>False where there is to be no answer.</returns>
    public ValueTask<bool> AnswerAsync(
        ReadOnlyMemory<byte> message, ReadOnlySpan<byte> client, DnsResponse response, int? limit, CancellationToken cancellationToken)
    {
        var status = DnsQuery.Parse(message, out var query);
        if (status == DnsQueryStatus.Dropped)
        {
            statistics.CountMalformed();
            return ValueTask.FromResult(false);
        }

        response.Begin(query, limit ?? query.UdpSize);
        if (_cookies is not null && !query.Cookie.IsEmpty)
            response.AddCookie(_cookies, client);
        response.Rcode = status switch
        {
            DnsQueryStatus.FormErr => DnsRcode.FormErr,
            DnsQueryStatus.NotImp => DnsRcode.NotImp,
            DnsQueryStatus.BadVers => DnsRcode.BadVers,
            _ => query.Class == DnsHeader.ClassIn ? DnsRcode.NoError : DnsRcode.Refused,
        };
        if (status == DnsQueryStatus.FormErr)
            statistics.CountMalformed();
        if (response.Rcode != DnsRcode.NoError)
            return ValueTask.FromResult(true);

        try
        {
            var pending = handler.AnswerAsync(query, response, cancellationToken);
            return pending.IsCompletedSuccessfully ? ValueTask.FromResult(true) : FinishAsync(pending, response, cancellationToken);
        }
        catch (Exception e)
        {
            Fail(response, e);
            return ValueTask.FromResult(true);
        }
    }

    public void Report(Exception e)
    {
        statistics.CountError();
        options.OnError?.Invoke(e);
    }

    private async ValueTask<bool> FinishAsync(ValueTask pending, DnsResponse response, CancellationToken cancellationToken)
    {
        try
        {
            await pending;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e)
        {
            Fail(response, e);
        }

        return true;
    }

    private void Fail(DnsResponse response, Exception e)
    {
        Report(e);
        response.Fail(DnsRcode.ServFail);
    }
}
