using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Api.Errors;

/// <summary>One thing wrong with one field, worded as apimachinery's field errors are.</summary>
internal sealed record FieldError(string Reason, string Field, string Detail)
{
    public override string ToString() => $"{Field}: {Detail}";

    public JsonObject ToCause() => new() { ["reason"] = Reason, ["message"] = Detail, ["field"] = Field };
}
