using System.Net;
using Berth.Server.Access;
using Berth.Tests.Access;
using Berth.Tests.Access.Hiding;
using Berth.Tests.Groups;
using Berth.Tests.Harness;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Tests.Http;

/// <summary>Asks for everything that the REST API shows of a store in which there is some of each; <see cref="ApiContract"/> looks at the answers.</summary>
public sealed class ApiAnswerTests(TestServer server)
{
    [Fact]
    public async Task Every_GET_answers_with_something_and_as_the_document_says()
    {
        var tenant = await Tenant.Make(server);
        await AddMore(tenant);
        await AddTrash(tenant);
        var silent = new List<string>();
        foreach (var route in server.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Where(IsAsked).DistinctBy(route => route.DisplayName))
        {
            var path = route.RoutePattern.RawText!;
            var address = RouteAddresses.Of(route, RouteAddresses.Outer.Number, byTag: true)?.Invoke(tenant, tenant) ?? path.Replace("{userId:long}", tenant["user"], StringComparison.Ordinal).Replace("{user}", tenant["user"], StringComparison.Ordinal);
            address = address.Replace("{id:long}", tenant["impersonation"], StringComparison.Ordinal);
            using var reply = await server.Send(HttpMethod.Get, address + Query(path, tenant), token: TestServer.RootToken);
            var text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if (!reply.IsSuccessStatusCode || text is "[]")
                silent.Add($"{(int)reply.StatusCode} {path}: {text}");
        }
        Assert.Empty(silent);
    }

    /// <summary>A subgroup, a member of the project alone, a project of one's own, a project whose jobs may in, and the artifacts of a job.</summary>
    private async Task AddMore(Tenant tenant)
    {
        var (group, project) = (long.Parse(tenant["group"]), $"/api/v4/projects/{tenant["project"]}");
        await Api.NewGroup(server, tenant.Owner, group);
        await Tokens.Post(server, $"projects/{tenant["project"]}/members", tenant.Owner.Token, new { user_id = tenant.Owner.Id, access_level = 50 });
        await Tokens.Post(server, "projects", tenant.Owner.Token, new { path = "own" });
        await Tokens.Post(server, $"projects/{tenant["project"]}/job_token_scope/allowlist", tenant.Owner.Token, new { target_project_id = long.Parse(tenant["project"]) });
        using var archive = new MultipartFormDataContent { { new ByteArrayContent([1]), "file", "artifacts.zip" } };
        using var stored = await server.Send(HttpMethod.Post, $"/api/v4/jobs/{tenant["job"]}/artifacts", archive, with: request => request.Headers.Add("JOB-TOKEN", tenant["job's secret"].Split(':')[^1]));
        Assert.Equal(HttpStatusCode.Created, stored.StatusCode);
    }

    /// <summary>A tag and a repository that are in the trash, and a deletion by a rule.</summary>
    private async Task AddTrash(Tenant tenant)
    {
        var project = $"/api/v4/projects/{tenant["project"]}";
        var repository = $"{project}/registry/repositories/{tenant["repository"]}";
        var registry = await RegistryClient.For(server, tenant.Owner, tenant["path"]);
        await registry.PushImage("gone");
        await Delete($"{repository}/tags/gone");
        await Delete($"{repository}/tags?name_regex_delete=none");
        var (other, image) = ($"{tenant["path"]}/other", "other");
        await (await RegistryClient.For(server, tenant.Owner, other)).PushImage("v1");
        var id = (await server.Query<long>("select id from repositories where project_id = @project and name = @image", new { project = long.Parse(tenant["project"]), image })).Single();
        await Delete($"{project}/registry/repositories/{id}");
    }

    private async Task Delete(string path)
    {
        using var reply = await server.Send(HttpMethod.Delete, path, token: TestServer.RootToken);
        Assert.True(reply.IsSuccessStatusCode, path);
    }

    /// <summary>Not what jobs and runners ask for by tokens of their own.</summary>
    private static bool IsAsked(RouteEndpoint route) => route.RoutePattern.RawText!.StartsWith("/api/v4/", StringComparison.Ordinal)
        && route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("GET") && route.Metadata.GetMetadata<AccessRule>() is not AccessRule.Open;

    private static string Query(string path, Tenant tenant) => path switch
    {
        "/api/v4/registry/search" => $"?q={tenant["digest"][7..20]}",
        _ when path.EndsWith("/registry/access", StringComparison.Ordinal) => "?action=pull",
        _ when path.EndsWith("/compare", StringComparison.Ordinal) => $"?from={tenant["tag"]}&to={tenant["digest"]}",
        _ when path.Contains("/repositories", StringComparison.Ordinal) => "?tags=true&tags_count=true&size=true",
        _ => "",
    };
}
