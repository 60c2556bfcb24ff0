using Microsoft.AspNetCore.Http;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>
/// Which methods may be sent twice: doing them again intends nothing more than doing them once.
/// <see href="https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2">RFC 9110, 9.2.2</see>.
/// </summary>
internal static class Idempotency
{
    public static bool Allows(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method)
        || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method);
}
