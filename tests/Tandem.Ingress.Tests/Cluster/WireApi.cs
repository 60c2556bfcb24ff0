using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using k8s;
using k8s.Models;

namespace Tandem.Ingress.Tests.Cluster;

/// <summary>The part of the Kubernetes API that the controller speaks to, on the wire: lists, watches, events and patches.</summary>
internal sealed class WireApi : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, Kind> _kinds = new();
    private readonly Task _accepting;
    private int _version = 1;

    public WireApi()
    {
        Url = $"http://127.0.0.1:{NginxFolder.FreePort()}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        Serve<V1IngressClass>("/apis/networking.k8s.io/v1/ingressclasses");
        Serve<V1Ingress>("/apis/networking.k8s.io/v1/ingresses");
        Serve<V1Service>("/api/v1/services");
        Serve<V1EndpointSlice>("/apis/discovery.k8s.io/v1/endpointslices");
        Serve<V1Secret>("/api/v1/secrets");
        _accepting = AcceptAsync();
    }

    public string Url { get; }

    /// <summary>Bodies that were posted or patched, by path.</summary>
    public ConcurrentQueue<(string Path, string Body)> Written { get; } = new();

    public void Add<T>(T added)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        var kind = _kinds.Values.Single(k => k.Type == typeof(T));
        added.Metadata.ResourceVersion = Interlocked.Increment(ref _version).ToString(CultureInfo.InvariantCulture);
        lock (kind)
        {
            kind.Objects.Add(KubernetesJson.Serialize(added));
            kind.Changed.TrySetResult();
            kind.Changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Goes away, as an API server that is lost; may be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Abort();
        await _accepting;
    }

    private void Serve<T>(string path) => _kinds[path] = new Kind(typeof(T));

    private async Task AcceptAsync()
    {
        var requests = new List<Task>();
        try
        {
            while (true)
                requests.Add(AnswerAsync(await _listener.GetContextAsync()));
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            await Task.WhenAll(requests);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var path = context.Request.Url!.AbsolutePath;
            if (context.Request.HttpMethod != "GET")
            {
                using var reader = new StreamReader(context.Request.InputStream);
                var body = await reader.ReadToEndAsync(_stop.Token);
                Written.Enqueue((path, body));
                await WriteAsync(context, "{}");
                context.Response.Close();
            }
            else if (context.Request.QueryString["watch"] == "true")
            {
                await WatchAsync(context, _kinds[path], int.Parse(context.Request.QueryString["resourceVersion"]!, CultureInfo.InvariantCulture));
            }
            else
            {
                string items;
                lock (_kinds[path])
                    items = string.Join(',', _kinds[path].Objects);
                await WriteAsync(context, $$"""{"metadata":{"resourceVersion":"{{_version}}"},"items":[{{items}}]}""");
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client or the test has ended it.
        }
    }

    private async Task WatchAsync(HttpListenerContext context, Kind kind, int version)
    {
        context.Response.SendChunked = true;
        await context.Response.OutputStream.FlushAsync(_stop.Token);
        while (true)
        {
            List<string> fresh;
            Task changed;
            lock (kind)
            {
                fresh = [.. kind.Objects.Where(o => Version(o) > version)];
                changed = kind.Changed.Task;
            }

            foreach (var item in fresh)
            {
                version = Version(item);
                await WriteAsync(context, $$"""{"type":"ADDED","object":{{item}}}""" + "\n");
            }

            await changed.WaitAsync(_stop.Token);
        }
    }

    private static int Version(string json) =>
        int.Parse(System.Text.Json.JsonDocument.Parse(json).RootElement.GetProperty("metadata").GetProperty("resourceVersion").GetString()!, CultureInfo.InvariantCulture);

    private async Task WriteAsync(HttpListenerContext context, string text)
    {
        context.Response.ContentType = "application/json";
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text), _stop.Token);
        await context.Response.OutputStream.FlushAsync(_stop.Token);
    }

    private sealed class Kind(Type type)
    {
        public Type Type { get; } = type;

        public List<string> Objects { get; } = [];

        public TaskCompletionSource Changed { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
