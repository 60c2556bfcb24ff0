using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources.Core;

namespace Tandem.Kubernetes.Resources.Batch;

/// <summary>The rules of a Job's specification, for the template in a CronJob too.</summary>
internal static class JobValidation
{
    private static readonly string[] Counts =
        ["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes"];

    public static void Check(JsonObject spec, string at, FieldErrors errors)
    {
        foreach (var field in Counts)
            if (spec.Number(field) is < 0)
                errors.Invalid($"{at}.{field}", spec.At(field)?.DeepClone(), "must be greater than or equal to 0");
        var indexed = spec.Text("completionMode") == "Indexed";
        if (spec.Text("completionMode") is { } mode and not ("Indexed" or "NonIndexed"))
            errors.NotSupported($"{at}.completionMode", mode, "Indexed", "NonIndexed");
        if (indexed && spec["completions"] is null)
            errors.Required($"{at}.completions", "when completion mode is Indexed");
        if (!indexed && spec["backoffLimitPerIndex"] is { } perIndex)
            errors.Invalid($"{at}.backoffLimitPerIndex", perIndex.DeepClone(), "requires indexed completion mode");
        if (spec["maxFailedIndexes"] is { } max && spec["backoffLimitPerIndex"] is null)
            errors.Required($"{at}.backoffLimitPerIndex", "when maxFailedIndexes is specified");
        if (!indexed && spec["successPolicy"] is { } success)
            errors.Invalid($"{at}.successPolicy", success.DeepClone(), "requires indexed completion mode");
        if (spec.Text("podReplacementPolicy") is { } replacement)
        {
            if (replacement is not ("Failed" or "TerminatingOrFailed"))
                errors.NotSupported($"{at}.podReplacementPolicy", replacement, "Failed", "TerminatingOrFailed");
            else if (spec["podFailurePolicy"] is not null && replacement != "Failed")
                errors.NotSupported($"{at}.podReplacementPolicy", replacement, "Failed");
        }

        FailureRules(spec, at, errors);
        if (spec.Child("template", "spec") is not { } pod)
        {
            errors.Required($"{at}.template.spec");
            return;
        }

        PodSpecValidation.Check(pod, $"{at}.template.spec", errors);
        if (pod.Text("restartPolicy") == "Always")
            errors.Required($"{at}.template.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\"");
        if (spec["podFailurePolicy"] is not null && pod.Text("restartPolicy") == "OnFailure")
            errors.Invalid($"{at}.template.spec.restartPolicy", "OnFailure", "only \"Never\" is supported when podFailurePolicy is specified");
    }

    private static void FailureRules(JsonObject spec, string at, FieldErrors errors)
    {
        foreach (var (index, rule) in spec.Items("podFailurePolicy", "rules").Index())
        {
            var path = $"{at}.podFailurePolicy.rules[{index}]";
            if (rule.Text("action") is not ("Count" or "FailIndex" or "FailJob" or "Ignore"))
                errors.NotSupported($"{path}.action", rule.At("action")?.DeepClone(), "Count", "FailIndex", "FailJob", "Ignore");
            if (rule.Text("action") == "FailIndex" && spec["backoffLimitPerIndex"] is null)
                errors.Invalid($"{path}.action", "FailIndex", "requires the backoffLimitPerIndex to be set");
            var codes = rule.Child("onExitCodes");
            if (codes is null == !rule.Items("onPodConditions").Any())
                errors.Invalid(path, rule.DeepClone(), "specifying one of OnExitCodes and OnPodConditions is required");
            if (codes is not null && codes.Text("operator") is not ("In" or "NotIn"))
                errors.NotSupported($"{path}.onExitCodes.operator", codes.At("operator")?.DeepClone(), "In", "NotIn");
        }
    }
}
