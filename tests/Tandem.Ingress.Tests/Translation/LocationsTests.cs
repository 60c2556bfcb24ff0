using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tandem.Ingress.Translation;

namespace Tandem.Ingress.Tests.Translation;

public class LocationsTests
{
    private static readonly Gen<string> Path =
        Gen.ListOf(Gen.Elements("a", "b", "ab"), 3).SelectMany(e => Gen.Elements("", "/").Select(end => "/" + string.Join('/', e) + end))
            .SelectMany(p => Gen.Elements(p, p[..2], "/", p.Length > 4 ? p[..4].TrimEnd('/') : p));

    private static readonly Gen<Route> AnyRoute =
        from path in Path
        from exact in Gen.Elements(true, false)
        let normal = exact || path == "/" ? path : path.TrimEnd('/')
        select new Route(normal, exact, new Upstream($"shop.{normal.Length}.{(exact ? 1 : 0)}", []), false);

    /// <summary>nginx's own choice among the locations is Kubernetes' choice among the routes, for every path.</summary>
    [Property(MaxTest = 500)]
    public Property Of_AnyRoutes_ChooseAsKubernetesDoes() => Prop.ForAll(
        Gen.ListOf(AnyRoute).ToArbitrary(),
        Path.ToArbitrary(),
        (routes, path) =>
        {
            var distinct = routes.DistinctBy(r => (r.Path, r.Exact)).ToList();
            var locations = Locations.Of(new Server("h", null, distinct));

            var chosen = locations.Where(l => l.Match.Exact ? l.Match.Path == path : path.StartsWith(l.Match.Path, StringComparison.Ordinal))
                .OrderByDescending(l => l.Match.Exact).ThenByDescending(l => l.Match.Path.Length).First();

            Assert.Equal(Expected(distinct, path), chosen.Route);
            Assert.Equal(locations.Count, locations.Select(l => l.Match).Distinct().Count());
        });

    // The rules of the Ingress API, element by element.
    private static Route? Expected(IEnumerable<Route> routes, string path) =>
        routes.Where(r => r.Exact ? r.Path == path : Elements(path).Take(Elements(r.Path).Length).SequenceEqual(Elements(r.Path)))
            .OrderByDescending(r => r.Path.Length).ThenByDescending(r => r.Exact).FirstOrDefault();

    private static string[] Elements(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);
}
