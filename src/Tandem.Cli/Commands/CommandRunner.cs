using System.CommandLine;
using System.Text.Json;
using k8s.Exceptions;
using Tandem.Cli.Embedded;
using Tandem.Cloudflare;
using Tandem.Dns.Server;
using Tandem.Host;
using Tandem.Host.Networking;
using Tandem.Host.Prerequisites;
using Tandem.Images.Packages;
using Tandem.Platform.Clusters;
using Tandem.Platform.Drills;
using Tandem.Platform.Releases;
using Tandem.Platform.Spec;
using Tandem.Processes;

namespace Tandem.Cli.Commands;

/// <summary>Runs a command's work and turns what goes wrong into a message and an exit code: the one place that does.</summary>
internal static class CommandRunner
{
    public static void SetRunner(this System.CommandLine.Command command, Func<ParseResult, CancellationToken, Task<int>> run) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await run(parsed, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return Fail(ExitCodes.Failed, "interrupted; run the same command again to go on");
            }
            catch (OperationCanceledException)
            {
                return Fail(ExitCodes.NotReachable, "gave up waiting for an answer; run the same command again to go on");
            }
            catch (InvalidSpecException e)
            {
                return Fail(ExitCodes.Usage, e.Message);
            }
            catch (ManifestException e)
            {
                return Fail(ExitCodes.Usage, e.Message);
            }
            catch (UsageException e)
            {
                return Fail(ExitCodes.Usage, e.Message);
            }
            catch (RefusedException e)
            {
                return Fail(ExitCodes.Refused, e.Message);
            }
            catch (DeployBusyException e)
            {
                return Fail(ExitCodes.Refused, e.Message);
            }
            catch (Exception e) when (e is ReleaseFailedException or ReleaseConflictException or DrillException)
            {
                return Fail(ExitCodes.Failed, e.Message);
            }
            catch (NotReadyException e)
            {
                return Fail(ExitCodes.NotReady, e.Message);
            }
            catch (NotRunningException e)
            {
                return Fail(ExitCodes.NotReachable, e.Message);
            }
            catch (CloudflareException e)
            {
                return Fail(ExitCodes.Failed, $"the load balancer refused: {e.Message}");
            }
            catch (ClusterException e)
            {
                return Fail(e.Reachable ? ExitCodes.Failed : ExitCodes.NotReachable, e.Message);
            }
            catch (HttpRequestException e)
            {
                return Fail(ExitCodes.NotReachable, e.Message);
            }
            catch (Exception e) when (e is AddressInUseException or PackagesNotInstalledException or PackageUnavailableException or PlatformBusyException
                or DnsBindException
                or ProcessFailedException or ProgramNotFoundException or IOException or InvalidDataException or JsonException or KubeConfigException or UnauthorizedAccessException)
            {
                return Fail(ExitCodes.Failed, e.Message);
            }
        });

    private static int Fail(int code, string message)
    {
        Console.Error.WriteLine($"tandem: {message}");
        return code;
    }
}

/// <summary>The command cannot be used like this.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>It was started, and did not become ready in time.</summary>
internal sealed class NotReadyException(string message) : Exception(message);
