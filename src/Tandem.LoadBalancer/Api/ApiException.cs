using Tandem.Cloudflare.Model;

namespace Tandem.LoadBalancer.Api;

/// <summary>A request is refused, with everything that is wrong with it.</summary>
internal sealed class ApiException(int status, params IReadOnlyList<CloudflareError> errors) : Exception(errors[0].Message)
{
    public int Status => status;

    public IReadOnlyList<CloudflareError> Errors => errors;

    public static ApiException NotFound(string what, string id) =>
        new(404, new CloudflareError { Code = ErrorCodes.NotFound, Message = $"{what} {id} not found" });

    public static ApiException Referenced() => new(412, new CloudflareError
    {
        Code = ErrorCodes.Referenced,
        Message = "This object is referenced by other objects, delete them first.",
    });
}

/// <summary>The codes of errors, as far as Cloudflare's are known.</summary>
internal static class ErrorCodes
{
    public const int NotFound = 1001;
    public const int Validation = 1002;
    public const int NotUnique = 1003;
    public const int Referenced = 1005;
    public const int MissingAuthentication = 9106;
    public const int Authentication = 10000;
    public const int Internal = 10001;
}
