using System.Net.Sockets;
using Tandem.Ingress.Translation;
using Tandem.Processes;

namespace Tandem.Ingress.Nginx;

/// <summary>Puts configurations into force: written beside the old one, tested by nginx itself, moved into place, loaded.</summary>
internal sealed class ConfigurationLoader(NginxOptions options, NginxProcess nginx, ControllerLog log, TimeProvider time)
{
    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(10);
    private readonly string _folder = options.Settings.Folder;

    public static string FileIn(string folder) => Path.Combine(folder, "nginx.conf");

    /// <summary>Whether an earlier run has left a configuration that nginx can start with.</summary>
    public bool HasConfiguration => File.Exists(FileIn(_folder));

    /// <summary>Makes the folders and the default certificate; what an earlier run left there is kept.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "certificates"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await WriteCertificateAsync(NginxConfiguration.DefaultCertificate, DefaultCertificate.Create(time), cancellationToken);
    }

    /// <summary>
    /// Loads a configuration and returns once new workers serve it, or once it is in place for an nginx that does not run at the
    /// moment. One that nginx refuses changes nothing.
    /// </summary>
    /// <exception cref="ConfigurationRefusedException">nginx refuses it.</exception>
    /// <exception cref="TimeoutException">nginx accepted it, but does not serve it within 10 s.</exception>
    public async Task LoadAsync(IngressConfiguration configuration, CancellationToken cancellationToken)
    {
        foreach (var certificate in configuration.Certificates)
            await WriteCertificateAsync(certificate.Name, certificate.Pem, cancellationToken);

        var (text, generation) = NginxConfiguration.Render(configuration, options.Settings);
        var candidate = FileIn(_folder) + ".new";
        await File.WriteAllTextAsync(candidate, text, cancellationToken);
        var test = await ProcessRunner.RunAsync(NginxProcess.Command(options, candidate, "-t", "-q"), cancellationToken);
        if (test.ExitCode != 0)
            throw new ConfigurationRefusedException(test.Error.Trim());

        bool running;
        lock (nginx.Gate)
        {
            File.Move(candidate, FileIn(_folder), overwrite: true);
            running = nginx.Pid != 0;
        }

        if (running)
            await ReloadAsync(generation, cancellationToken);
        RemoveOldCertificates(configuration);
        log.Info($"configuration {generation} is in force: {configuration.Servers.Count - 1} hosts, {configuration.Upstreams.Count} upstreams");
    }

    /// <summary>The generation that nginx serves, or null while it does not answer.</summary>
    internal async Task<string?> ServedGenerationAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(NginxConfiguration.ControlSocket(_folder)), token);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        });
        try
        {
            return await client.GetStringAsync("http://control/", cancellationToken);
        }
        catch (HttpRequestException)
        {
            return null; // not listening yet, or between two masters
        }
    }

    private async Task ReloadAsync(string generation, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LoadTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // A master that has only just started does not know the signal yet.
            while (await ServedGenerationAsync(both.Token) is null)
                await Task.Delay(TimeSpan.FromMilliseconds(10), time, both.Token);
            Signals.Send(nginx.Pid, Signals.Reload);
            while (await ServedGenerationAsync(both.Token) != generation)
                await Task.Delay(TimeSpan.FromMilliseconds(10), time, both.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"nginx does not serve configuration {generation} after {LoadTimeout.TotalSeconds:0} s");
        }
    }

    private async Task WriteCertificateAsync(string name, string pem, CancellationToken cancellationToken)
    {
        var path = NginxConfiguration.CertificateFile(_folder, name);
        if (File.Exists(path))
            return;
        var temporary = path + ".new";
        await using (var stream = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(pem), cancellationToken);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private void RemoveOldCertificates(IngressConfiguration configuration)
    {
        var used = configuration.Certificates.Select(c => c.Name).Append(NginxConfiguration.DefaultCertificate)
            .Select(n => NginxConfiguration.CertificateFile(_folder, n)).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder, "certificates")).Where(f => !used.Contains(f)))
            File.Delete(file);
    }
}
