using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>Projects as tests set them up.</summary>
internal static class Projects
{
    public static Task SetVisibility(TestServer server, TestUser user, string project, string visibility) =>
        Change(server, user, project, new { visibility });

    public static async Task Change(TestServer server, TestUser user, string project, object change)
    {
        using var reply = await server.Send(HttpMethod.Put, $"/api/v4/projects/{user.Name}%2F{project}", JsonContent.Create(change), token: user.Token);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    /// <summary>A project as its owner sees it.</summary>
    public static async Task<JsonElement> Get(TestServer server, TestUser user, string project)
    {
        using var reply = await server.Send(HttpMethod.Get, $"/api/v4/projects/{user.Name}%2F{project}", token: user.Token);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }
}
