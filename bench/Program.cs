using System.CommandLine;
using Tandem.Bench;
using Tandem.Bench.Detection;
using Tandem.Bench.Dns;

// What is measured against what: docs/benchmarks.md.
var rounds = new Option<int>("--rounds") { Description = "Rounds of each server, alternating.", DefaultValueFactory = _ => 5 };
var seconds = new Option<int>("--seconds") { Description = "How long a round takes.", DefaultValueFactory = _ => 5 };
var dns = new Command("dns", "Queries a second and CPU time a query, against gdnsd.") { rounds, seconds };
dns.SetAction((parsed, stop) => DnsBenchmark.RunAsync(parsed.GetValue(rounds), parsed.GetValue(seconds), stop));

var trials = new Option<int>("--trials") { Description = "Hosts that are broken for each kind of fault.", DefaultValueFactory = _ => 30 };
var detection = new Command("detection", "Time from a fault to the changed answer, beside gdnsd.") { trials };
detection.SetAction((parsed, stop) => DetectionBenchmark.RunAsync(parsed.GetValue(trials), stop));

var options = new Argument<string>("options");
var serve = new Command("serve", "A load balancer, started by the benchmarks.") { options };
serve.Hidden = true;
serve.SetAction((parsed, stop) => BalancerProcess.ServeAsync(parsed.GetRequiredValue(options), stop));

return await new RootCommand("Tandem's benchmarks.") { dns, detection, serve }.Parse(args).InvokeAsync();
