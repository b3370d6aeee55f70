using System.Text.Json;
using Berth.Tests.Groups;
using Berth.Tests.Harness;

namespace Berth.Tests.Web.Administration;

/// <summary>What tests of administrators' pages ask the REST API, as root.</summary>
internal static class AdminApi
{
    public static TestUser Root { get; } = new(1, "root", TestServer.RootPassword, TestServer.RootToken, 0);

    /// <summary>The names of the last events of a user, a project or the instance, newest first.</summary>
    public static async Task<List<string>> Events(TestServer server, string entityType, long entityId) =>
        Api.Texts(await Api.Get(server, $"/audit_events?entity_type={entityType}&entity_id={entityId}", TestServer.RootToken), "event_name");

    public static Task<JsonElement> User(TestServer server, long id) => Api.Get(server, $"/users/{id}", TestServer.RootToken);
}
