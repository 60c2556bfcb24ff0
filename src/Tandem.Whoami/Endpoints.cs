using System.Globalization;

namespace Tandem.Whoami;

/// <summary>The paths that whoami answers.</summary>
internal static class Endpoints
{
    public static void MapWhoami(this WebApplication app, Identity identity, TimeProvider time)
    {
        var health = StatusCodes.Status200OK;
        app.MapGet("/bench", () => Results.Text("1"));
        app.MapGet("/health", () => Results.StatusCode(Volatile.Read(ref health)));
        app.MapPost("/health", async (HttpRequest request) =>
        {
            using var body = new StreamReader(request.Body);
            if (!int.TryParse(await body.ReadToEndAsync(), NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status is < 200 or > 599)
                return Results.Text("the body must be a status code from 200 to 599\n", statusCode: StatusCodes.Status400BadRequest);
            Volatile.Write(ref health, status);
            return Results.Ok();
        });
        app.Map("/api", (HttpRequest request) => Results.Json(Answer.Api(identity, request), ApiAnswerContext.Default.ApiAnswer));
        app.MapFallback("/{**path}", async (HttpRequest request, CancellationToken cancellationToken) =>
        {
            if (GoDuration.TryParse(request.Query["wait"], out var wait))
                await Task.Delay(wait, time, cancellationToken);
            return Results.Text(Answer.Text(identity, request));
        });
    }
}
