using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources;

/// <summary>The rules of a label selector in an object.</summary>
internal static class LabelSelectorValidation
{
    public static void Check(JsonObject? selector, string at, FieldErrors errors)
    {
        foreach (var (index, requirement) in selector.Items("matchExpressions").Index())
        {
            var path = $"{at}.matchExpressions[{index}]";
            var values = requirement.Texts("values").Any();
            if (requirement.Text("operator") is "In" or "NotIn")
            {
                if (!values)
                    errors.Required($"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'");
            }
            else if (requirement.Text("operator") is not ("Exists" or "DoesNotExist"))
            {
                errors.Invalid($"{path}.operator", requirement.At("operator")?.DeepClone() ?? "", "not a valid selector operator");
            }
            else if (values)
            {
                errors.Forbidden($"{path}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
            }

            if (string.IsNullOrEmpty(requirement.Text("key")))
                errors.Required($"{path}.key");
        }
    }
}
