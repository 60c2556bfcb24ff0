using System.CommandLine;
using Tandem.Bench;
using Tandem.Bench.Detection;
using Tandem.Bench.Dns;
using Tandem.Bench.Kubernetes;
using Tandem.Bench.Parity;
using Tandem.Bench.Pods;
using Tandem.Bench.Releases;

// What is measured against what: docs/benchmarks.md.
var rounds = new Option<int>("--rounds") { Description = "Rounds of each server, alternating.", DefaultValueFactory = _ => 5 };
var seconds = new Option<int>("--seconds") { Description = "How long a round takes.", DefaultValueFactory = _ => 5 };
var dns = new Command("dns", "Queries a second and CPU time a query, against gdnsd.") { rounds, seconds };
dns.SetAction((parsed, stop) => DnsBenchmark.RunAsync(parsed.GetValue(rounds), parsed.GetValue(seconds), stop));

var clusterDns = new Command("cluster-dns", "The cluster DNS on one core: queries a second and CPU time a query, beside unbound.") { rounds, seconds };
clusterDns.SetAction((parsed, stop) => ClusterDnsBenchmark.RunAsync(parsed.GetValue(rounds), parsed.GetValue(seconds), stop));

var dnsRounds = new Argument<int>("rounds");
var dnsSeconds = new Argument<int>("seconds");
var measureClusterDns = new Command("measure-cluster-dns", "The measuring part of the cluster DNS benchmark, started by it.") { dnsRounds, dnsSeconds };
measureClusterDns.Hidden = true;
measureClusterDns.SetAction((parsed, stop) => ClusterDnsBenchmark.MeasureAsync(parsed.GetValue(dnsRounds), parsed.GetValue(dnsSeconds), stop));

var trials = new Option<int>("--trials") { Description = "Hosts that are broken for each kind of fault.", DefaultValueFactory = _ => 30 };
var detection = new Command("detection", "Time from a fault to the changed answer, beside gdnsd.") { trials };
detection.SetAction((parsed, stop) => DetectionBenchmark.RunAsync(parsed.GetValue(trials), stop));

var options = new Argument<string>("options");
var serve = new Command("serve", "A load balancer, started by the benchmarks.") { options };
serve.Hidden = true;
serve.SetAction((parsed, stop) => BalancerProcess.ServeAsync(parsed.GetRequiredValue(options), stop));

var api = new Command("api", "The Kubernetes API: GET and LIST against nginx, creation against etcd alone.") { rounds, seconds };
api.SetAction((parsed, stop) => ApiBenchmark.RunAsync(parsed.GetValue(rounds), parsed.GetValue(seconds), stop));

var watch = new Command("watch", "The Kubernetes API: 200 watchers at 500 writes a second.") { seconds };
watch.SetAction((parsed, stop) => WatchBenchmark.RunAsync(parsed.GetValue(seconds), stop));

var idle = new Command("idle", "One cluster's process: time until it is ready, and memory when idle.") { rounds };
idle.SetAction((parsed, stop) => IdleBenchmark.RunAsync(parsed.GetValue(rounds), stop));

var services = new Command("services", "1,000 Services with 10 endpoints each: until they work, and until a changed endpoint does.") { rounds };
services.SetAction((parsed, stop) => ServicesBenchmark.RunAsync(parsed.GetValue(rounds), stop));

var serviceRounds = new Argument<int>("rounds");
var measureServices = new Command("measure-services", "The measuring part of the services benchmark, started by it.") { serviceRounds };
measureServices.Hidden = true;
measureServices.SetAction((parsed, stop) => ServicesBenchmark.MeasureAsync(parsed.GetValue(serviceRounds), stop));

var deploy = new Command("deploy", "1,000 objects to two clusters: tandem deploy beside kubectl apply.") { rounds };
deploy.SetAction((parsed, stop) => DeployBenchmark.RunAsync(parsed.GetValue(rounds), stop));

var objects = new Option<int>("--objects") { Description = "Objects of the release.", DefaultValueFactory = _ => 10_000 };
var drifts = new Option<int>("--drifts") { Description = "Objects that are changed, one after the other.", DefaultValueFactory = _ => 200 };
var parity = new Command("parity", "Two clusters with a large release: time of a verdict, memory, and time until drift is noticed.") { objects, drifts };
parity.SetAction((parsed, stop) => ParityBenchmark.RunAsync(parsed.GetValue(objects), parsed.GetValue(drifts), stop));

var hotFile = new Argument<string>("hot");
var standbyFile = new Argument<string>("standby");
var count = new Argument<int>("objects");
var changes = new Argument<int>("drifts");
var measureParity = new Command("measure-parity", "The watching part of the parity benchmark, started by it.") { hotFile, standbyFile, count, changes };
measureParity.Hidden = true;
measureParity.SetAction((parsed, stop) => ParityMeasurement.RunAsync(
    parsed.GetRequiredValue(hotFile), parsed.GetRequiredValue(standbyFile), parsed.GetValue(count), parsed.GetValue(changes), stop));

var pods = new Option<int>("--pods") { Description = "Pods one by one, and at once.", DefaultValueFactory = _ => 50 };
var startPods = new Command("pods", "From kubectl create of a pod to Ready, beside containerd alone.") { pods };
startPods.SetAction((parsed, stop) => PodsBenchmark.RunAsync(parsed.GetValue(pods), stop));

var folder = new Argument<string>("folder");
var etcd = new Argument<string>("etcd");
var port = new Argument<int>("port");
var serveCluster = new Command("serve-cluster", "A cluster's process, started by the benchmarks.") { folder, etcd, port };
serveCluster.Hidden = true;
serveCluster.SetAction((parsed, stop) => ClusterProcess.ServeAsync(parsed.GetRequiredValue(folder), parsed.GetRequiredValue(etcd), parsed.GetValue(port), stop));

return await new RootCommand("Tandem's benchmarks.")
{
    dns, clusterDns, measureClusterDns, detection, api, watch, idle, services, measureServices, deploy, parity, startPods, measureParity, serve, serveCluster,
}.Parse(args).InvokeAsync();
