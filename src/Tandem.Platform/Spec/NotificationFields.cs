namespace Tandem.Platform.Spec;

/// <summary>spec.loadBalancer.notifications.</summary>
internal static class NotificationFields
{
    private const int Most = 10;

    /// <param name="node">The list.</param>
    /// <param name="existing">The absolute path of a file that must exist.</param>
    public static IReadOnlyList<NotificationSpec> Read(SpecNode node, Func<SpecNode, string> existing)
    {
        if (!node.IsPresent)
            return [];
        IReadOnlyList<NotificationSpec> all = [.. node.Items().Select(item => One(item, existing))];
        if (all.Count > Most)
            node.Error($"may have at most {Most} entries");
        if (all.DistinctBy(n => n.Url).Count() < all.Count)
            node.Error("names a URL twice");
        return all;
    }

    private static NotificationSpec One(SpecNode node, Func<SpecNode, string> existing)
    {
        var url = node.Field("url");
        if (!Uri.TryCreate(url.Text(), UriKind.Absolute, out var parsed) || parsed.Scheme is not ("https" or "http"))
            url.Error("must be a URL that begins with https:// or http://");
        else if (parsed.UserInfo.Length > 0)
            url.Error("must not hold a user name or password");
        var from = node.Field("secretFrom");
        var (environment, file) = (from.Field("env"), from.Field("file"));
        if (from.IsPresent && environment.IsPresent == file.IsPresent)
            from.Error("needs either env or file: a secret never stands in the platform file itself");
        from.Close();
        node.Close();
        return new NotificationSpec(
            parsed ?? new Uri("http://invalid/"), environment.IsPresent ? environment.Text() : null, file.IsPresent ? existing(file) : null);
    }
}
