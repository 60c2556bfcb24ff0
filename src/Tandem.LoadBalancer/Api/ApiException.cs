using Tandem.Cloudflare.Model;

namespace Tandem.LoadBalancer.Api;

/// <summary>A request is refused, with everything that is wrong with it.</summary>
internal sealed class ApiException(int status, params IReadOnlyList<CloudflareError> errors) : Exception(errors[0].Message)
{
    public int Status => status;

    public IReadOnlyList<CloudflareError> Errors => errors;

    public static ApiException Of(int status, int code, string message) => new(status, new CloudflareError { Code = code, Message = message });

    public static ApiException NotFound(string what, string id) => Of(404, ErrorCodes.NotFound, $"{what} {id} not found");

    public static ApiException Referenced() =>
        Of(412, ErrorCodes.Referenced, "This object is referenced by other objects, delete them first.");

    public static ApiException Invalid(string pointer, string message) => new(400, Validation.Error(pointer, $"{message}: validation failed"));
}
