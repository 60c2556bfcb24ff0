namespace Tandem.Kubernetes.Network;

/// <summary>Kubernetes' names of the transport protocols, and IANA's numbers of them.</summary>
internal static class Protocols
{
    public const int Tcp = 6;

    /// <summary>Null for what Kubernetes does not know.</summary>
    public static int? Number(string? name) => name switch
    {
        null or "" or "TCP" => Tcp,
        "UDP" => 17,
        "SCTP" => 132,
        _ => null,
    };
}
