using Tandem.Cloudflare.Model;

namespace Tandem.LoadBalancer.Api;

/// <summary>Gathers everything that is wrong with a request, each with a pointer to the field.</summary>
internal sealed class Validation
{
    private readonly List<CloudflareError> _errors = [];

    public void Require(bool valid, string pointer, string message, int code = ErrorCodes.Validation)
    {
        if (!valid)
            _errors.Add(Error(pointer, message, code));
    }

    public void Range(double? value, double from, double to, string field, string pointer = "") =>
        Require(value is null || (value >= from && value <= to), $"{pointer}/{field}", $"{field} is not in range [{from}, {to}]: validation failed");

    public void OneOf(string? value, string field, params string[] allowed) => Require(
        value is null || allowed.Contains(value), $"/{field}",
        $"{field} \"{value}\" is not supported by the embedded load balancer, only {string.Join(", ", allowed.Select(a => $"\"{a}\""))}: validation failed");

    public void ThrowIfAny()
    {
        if (_errors.Count > 0)
            throw new ApiException(400, _errors);
    }

    public static CloudflareError Error(string pointer, string message, int code = ErrorCodes.Validation) =>
        new() { Code = code, Message = message, Source = new CloudflareErrorSource { Pointer = pointer } };
}
