using System.Net;
using Tandem.Kubernetes.Tests.Node.Real;

namespace Tandem.Kubernetes.Tests.Streams.Real;

/// <summary>The log subresource, with a pod of several containers on a real containerd.</summary>
public sealed class LogTests(StreamsFixture cluster) : IClassFixture<StreamsFixture>, IAsyncLifetime
{
    private const string Pods = "/api/v1/namespaces/default/pods";

    public async Task InitializeAsync()
    {
        if ((await cluster.SendAsync(HttpMethod.Get, Pods + "/many")).Code == HttpStatusCode.OK)
            return;
        await cluster.CreateAsync($$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: many, namespace: default }
            spec:
              {{StreamsFixture.OnNode.Replace(", ", "\n  ", StringComparison.Ordinal)}}
              restartPolicy: Never
              initContainers: [ { name: i, image: "{{BusyboxImage.Name}}", command: [ echo, prepared ] } ]
              containers:
              - { name: a, image: "{{BusyboxImage.Name}}", command: [ sh, -c, "echo out; echo err >&2; while ! test -e /tmp/end; do sleep 0.1; done; echo over" ] }
              - { name: b, image: "{{BusyboxImage.Name}}", command: [ sleep, "1000" ] }
            """);
        await cluster.UntilAsync("many", "{.status.phase}", "Running");
    }

    [Fact]
    public async Task Log_SeveralContainersAndNoneNamed_IsRefusedWithTheChoice() => await RefusedAsync(
        "many/log", HttpStatusCode.BadRequest, "a container name must be specified for pod many, choose one of: [i a b]");

    [Fact]
    public async Task Log_OneContainer_NeedsNoName() => Assert.Equal("", await LogAsync("box/log"));

    [Fact]
    public async Task Log_FinishedInitContainer_IsShown() => Assert.Equal("prepared\n", await LogAsync("many/log?container=i"));

    [Fact]
    public async Task Log_OneStream_ShowsThatAlone()
    {
        Assert.Equal("out\n", await LogAsync("many/log?container=a&stream=Stdout"));
        Assert.Equal("err\n", await LogAsync("many/log?container=a&stream=Stderr"));
    }

    [Theory]
    [InlineData("sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z", ": Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified")]
    [InlineData("tailLines=-1", "tailLines: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("limitBytes=0", "limitBytes: Invalid value: 0: must be greater than 0")]
    [InlineData("sinceSeconds=0", "sinceSeconds: Invalid value: 0: must be greater than 0")]
    [InlineData("stream=stdout", "stream: Unsupported value: \"stdout\": supported values: \"All\", \"Stderr\", \"Stdout\"")]
    [InlineData("stream=Stdout&tailLines=1", ": Forbidden: `tailLines` and specific `stream` are mutually exclusive for now")]
    public async Task Log_OptionsThatMakeNoSense_AreInvalid(string query, string why) =>
        await RefusedAsync("many/log?container=a&" + query, HttpStatusCode.UnprocessableEntity, "PodLogOptions \"many\" is invalid: " + why);

    [Fact]
    public async Task Log_NumberThatIsNone_IsABadRequest() => await RefusedAsync(
        "many/log?container=a&tailLines=x", HttpStatusCode.BadRequest, "strconv.ParseInt: parsing \"x\": invalid syntax");

    [Fact]
    public async Task Log_InstanceThatNeverWas_IsRefused() => await RefusedAsync(
        "many/log?container=a&previous=true", HttpStatusCode.BadRequest, "previous terminated container \"a\" in pod \"many\" not found");

    [Fact]
    public async Task Log_Head_IsNotAllowed() =>
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await cluster.SendAsync(HttpMethod.Head, Pods + "/box/log")).Code);

    [Fact]
    public async Task Log_PodWithoutANode_HasNoContent()
    {
        await cluster.CreateAsync("apiVersion: v1\nkind: Pod\nmetadata: { name: nowhere, namespace: default }\nspec: { containers: [ { name: c, image: i } ], automountServiceAccountToken: false }\n");

        Assert.Equal(HttpStatusCode.NoContent, (await cluster.SendAsync(HttpMethod.Get, Pods + "/nowhere/log")).Code);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(36)]
    public async Task Log_Followed_ComesAtOnceAndEndsWithTheContainer(int minor)
    {
        var pod = $"ends-{minor}";
        await cluster.CreateAsync($$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: {{pod}}, namespace: default }
            spec:
              {{StreamsFixture.OnNode.Replace(", ", "\n  ", StringComparison.Ordinal)}}
              restartPolicy: Never
              containers: [ { name: c, image: "{{BusyboxImage.Name}}", command: [ sh, -c, "echo first; while ! test -e /tmp/end; do sleep 0.1; done; echo last" ] } ]
            """);
        await cluster.UntilAsync(pod, "{.status.phase}", "Running");
        using var following = await cluster.StartAsync(minor, "logs", "-f", pod);

        Assert.Equal("first", await following.StandardOutput.ReadLineAsync());
        await cluster.RunOkAsync(31, ["exec", pod, "--", "touch", "/tmp/end"]);

        Assert.Equal("last\n", await following.StandardOutput.ReadToEndAsync());
        await following.WaitForExitAsync();
        Assert.Equal(0, following.ExitCode);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private async Task<string> LogAsync(string path)
    {
        var text = "";
        // The runtime writes down what a container says a moment after it was said.
        await Tests.Eventually.TrueAsync(
            async () =>
            {
                using var answer = await cluster.Client.GetAsync(new Uri($"{Pods}/{path}", UriKind.Relative));
                Assert.Equal((HttpStatusCode.OK, "text/plain"), (answer.StatusCode, answer.Content.Headers.ContentType?.ToString()));
                text = await answer.Content.ReadAsStringAsync();
                return text.Length > 0 || path == "box/log";
            },
            path);
        return text;
    }

    private async Task RefusedAsync(string path, HttpStatusCode code, string message)
    {
        var (answered, body) = await cluster.SendAsync(HttpMethod.Get, $"{Pods}/{path}");
        Assert.Equal((code, message), (answered, (string?)body!["message"]));
    }
}
