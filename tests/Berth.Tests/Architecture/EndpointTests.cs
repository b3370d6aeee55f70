using System.Text;
using Berth.Server;
using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Operation;
using Berth.Server.Storage;
using Berth.Tests.Harness;
using Berth.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Berth.Tests.Architecture;

/// <summary>Every route of the server and who may call it.</summary>
public sealed class EndpointTests
{
    [Fact]
    public async Task Every_endpoint_has_one_access_rule_and_stands_in_the_list()
    {
        var endpoints = await Endpoints();
        Assert.All(endpoints, endpoint => Assert.Single(endpoint.Metadata.GetOrderedMetadata<AccessRule>()));
        var lines = endpoints.SelectMany(Lines).Order(StringComparer.Ordinal);
        Snapshot.Matches("tests/Berth.Tests/Snapshots/endpoints.txt", string.Join('\n', lines) + "\n");
    }

    [Fact]
    public async Task Only_the_registry_answers_below_v2_and_its_routes_ask_for_one_action() => Assert.All(await Endpoints(), endpoint =>
    {
        var rule = endpoint.Metadata.GetMetadata<AccessRule>();
        Assert.Equal(endpoint.RoutePattern.RawText!.StartsWith("/v2", StringComparison.Ordinal), rule is AccessRule.Repository or AccessRule.RegistryPing or AccessRule.RegistryCatalog);
        if (rule is AccessRule.Repository repository)
            Assert.Single(repository.Action.Words());
    });

    [Fact]
    public async Task What_is_open_to_everyone_says_why() =>
        Assert.All((await Endpoints()).Select(endpoint => endpoint.Metadata.GetMetadata<AccessRule>()).OfType<AccessRule.Open>(), rule => Assert.NotEmpty(rule.Why));

    /// <summary>One that the compiler cannot bind is bound by expressions compiled at each start, for some milliseconds and megabytes.</summary>
    [Fact]
    public async Task No_handler_is_bound_at_run_time() =>
        Assert.Empty((await Endpoints()).Where(endpoint => endpoint.RequestDelegate!.Method.DeclaringType!.FullName!.Contains("RequestDelegateFactory", StringComparison.Ordinal)).Select(endpoint => endpoint.DisplayName));

    /// <summary>The routes of a server with everything switched on that brings routes of its own. It is built, not started.</summary>
    private static async Task<List<RouteEndpoint>> Endpoints()
    {
        using var directory = new TemporaryDirectory();
        var settings = BerthSettings.Load(["--Tls=self-signed"], new Dictionary<string, string>(), directory.Path);
        var data = new DataDirectory(settings.DataDirectory);
        await using var database = Databases.Open(settings, data);
        using var storage = new DiskStorage(data.Path, minimumFreeSpace: 0, TimeProvider.System);
        await using WebApplication app = await BerthServer.Build(settings, data, Task.FromResult(database), storage, TimeProvider.System);
        return [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).Cast<RouteEndpoint>()];
    }

    private static IEnumerable<string> Lines(RouteEndpoint endpoint)
    {
        var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["*"];
        return methods.Select(method => $"{endpoint.RoutePattern.RawText} {method}: {Words(endpoint.Metadata.GetMetadata<AccessRule>())}");
    }

    private static string Words(AccessRule? rule) => rule switch
    {
        AccessRule.Open open => $"open ({open.Why})",
        AccessRule.RegistryPing => "any credential or registry token",
        AccessRule.RegistryCatalog => "any credential or registry token for the catalog, each their part",
        AccessRule.Repository repository => new StringBuilder("repository, ").AppendJoin(',', repository.Action.Words())
            .Append(repository.Creates ? ", makes it" : "").Append(repository.UploadSession ? ", for an upload's life" : "").Append(repository.EmptyIfMissing ? ", empty if missing" : "").ToString(),
        AccessRule.Git git => $"git, {git.Action?.ToString().ToLowerInvariant() ?? "what the query asks for"}",
        AccessRule.Project project => $"API of a project, {string.Join(" or ", project.Scopes.Names())}, {(project.Role == AccessLevel.None ? "whoever sees it" : $"{project.Role} or more")}",
        AccessRule.DeletedProject deleted => $"API of a deleted project, {string.Join(" or ", deleted.Scopes.Names())}, Owner or more",
        AccessRule.Group group => $"API of a group, {string.Join(" or ", group.Scopes.Names())}, {(group.Role == AccessLevel.None ? "whoever sees it" : $"{group.Role} or more")}",
        AccessRule.Api api => $"API, {string.Join(" or ", api.Scopes.Names())}{(api.Admin ? ", administrators" : "")}",
        AccessRule.ProjectImages images => $"API of a project's images, {string.Join(" or ", images.Scopes.Names())}, who may pull them{(images.Role == AccessLevel.None ? "" : $" and is {images.Role} or more")}",
        AccessRule.Page page => page.Admin ? "page, administrators" : "page, signed in",
        AccessRule.ProjectPage page => $"page of a project, {(page.Images ? $"who may pull its images{(page.Role == AccessLevel.None ? "" : $" and is {page.Role} or more")}" : (page.Role == AccessLevel.None ? "whoever sees it" : $"{page.Role} or more"))}",
        AccessRule.PathPage => "page of what is at the path, whoever sees it",
        AccessRule.GroupPage page => $"page of a group, {(page.Role == AccessLevel.None ? "whoever sees it" : $"{page.Role} or more")}",
        AccessRule.DeletedProjectPage => "page of a deleted project, Owner or more",
        AccessRule.AdminSocket => "socket of the data directory",
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };
}
