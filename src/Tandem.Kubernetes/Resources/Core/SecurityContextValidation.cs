using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Core;

/// <summary>What security contexts may not ask for together.</summary>
internal static class SecurityContextValidation
{
    public static void Check(JsonObject spec, string at, FieldErrors errors)
    {
        if (spec.Flag("hostPID") && spec.Flag("shareProcessNamespace"))
            errors.Invalid($"{at}.shareProcessNamespace", true, "ShareProcessNamespace and HostPID cannot both be enabled");
        if (spec.Text("os", "name") == "linux" && spec.Child("securityContext", "windowsOptions") is not null)
            errors.Forbidden($"{at}.securityContext.windowsOptions", "windows options cannot be set for a linux pod");
        var ownUsers = spec.At("hostUsers") is { } users && !(bool)users;
        foreach (var list in new[] { "initContainers", "containers", "ephemeralContainers" })
            foreach (var (index, container) in spec.Items(list).Index())
                if (container.Child("securityContext") is { } context)
                    Container(context, $"{at}.{list}[{index}].securityContext", ownUsers, errors);
    }

    private static void Container(JsonObject context, string at, bool ownUsers, FieldErrors errors)
    {
        if (context.Text("procMount") == "Unmasked" && !ownUsers)
            errors.Invalid($"{at}.procMount", "Unmasked", "`hostUsers` must be false to use `Unmasked`");
        if (context.At("allowPrivilegeEscalation") is not { } escalation || (bool)escalation)
            return;
        if (context.Flag("privileged"))
            errors.Invalid(at, context.DeepClone(), "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
        if (context.Texts("capabilities", "add").Contains("CAP_SYS_ADMIN"))
            errors.Invalid(at, context.DeepClone(), "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
    }
}
