using System.Globalization;
using Tandem.Whoami;

if (args.Contains("--version"))
{
    Console.WriteLine($"Tandem whoami {typeof(Identity).Assembly.GetName().Version!.ToString(3)}, answers in the format of traefik/whoami");
    return;
}

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var port = int.Parse(builder.Configuration["port"] ?? Environment.GetEnvironmentVariable("WHOAMI_PORT_NUMBER") ?? "80", CultureInfo.InvariantCulture);
var name = builder.Configuration["name"] ?? Environment.GetEnvironmentVariable("WHOAMI_NAME");
builder.WebHost.ConfigureKestrel(server =>
{
    server.ListenAnyIP(port);
    server.AddServerHeader = false;
});

var app = builder.Build();
app.MapWhoami(new Identity(name), TimeProvider.System);
app.Run();
