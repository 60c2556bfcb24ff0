namespace Tandem.LoadBalancer.Api;

/// <summary>The codes of errors, as far as Cloudflare's are known.</summary>
internal static class ErrorCodes
{
    public const int NotFound = 1001;
    public const int Validation = 1002;
    public const int NotUnique = 1003;
    public const int Referenced = 1005;
    public const int NoRoute = 7000;
    public const int InvalidIdentifier = 7003;
    public const int UnknownKey = 9103;
    public const int MissingAuthentication = 9106;
    public const int Authentication = 10000;
    public const int Internal = 10001;
}
