namespace Tandem.Dns;

/// <summary>Decides what is answered.</summary>
public interface IDnsHandler
{
    /// <summary>Writes the answer to a query of the Internet class.</summary>
    /// <param name="query">The query; valid until the returned task has ended.</param>
    /// <param name="response">The answer, begun; NOERROR and empty until the handler says otherwise.</param>
    /// <param name="cancellationToken">Cancelled when the server stops.</param>
    /// <returns>A completed task where the answer was at hand: then nothing is allocated.</returns>
    /// <remarks>Called from several threads at once. An exception becomes SERVFAIL.</remarks>
    ValueTask AnswerAsync(DnsQuery query, DnsResponse response, CancellationToken cancellationToken);
}
