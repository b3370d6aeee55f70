using System.Net;
using System.Text.Json;
using Berth.Tests.Harness;

namespace Berth.Tests.Http;

/// <summary>The REST API called as GitLab's documentation does with curl: forms, and parameters in the address.</summary>
public sealed class ApiFormTests(TestServer server)
{
    [Fact]
    public async Task Form_makes_a_token_with_its_list_of_scopes()
    {
        var user = await server.NewUser();
        using var form = new FormUrlEncodedContent([new("name", "ci"), new("scopes[]", "read_registry"), new("scopes[]", "write_registry")]);
        var made = await Answer(HttpMethod.Post, "/api/v4/user/personal_access_tokens", form, user.Token, HttpStatusCode.Created);
        Assert.Equal("ci", made.GetProperty("name").GetString());
        Assert.Equal(["read_registry", "write_registry"], made.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
    }

    [Fact]
    public async Task Multipart_form_makes_a_project_and_texts_become_numbers_and_flags()
    {
        var user = await server.NewUser();
        using var form = new MultipartFormDataContent { { new StringContent("app"), "path" }, { new StringContent("public"), "visibility" } };
        var made = await Answer(HttpMethod.Post, "/api/v4/projects", form, user.Token, HttpStatusCode.Created);
        Assert.Equal("public", made.GetProperty("visibility").GetString());
        var id = made.GetProperty("id").GetInt64();
        using var change = new FormUrlEncodedContent([new("container_registry_sparse_manifests", "true"), new("description", "<b>ünï</b>")]);
        var changed = await Answer(HttpMethod.Put, $"/api/v4/projects/{id}", change, user.Token, HttpStatusCode.OK);
        Assert.True(changed.GetProperty("container_registry_sparse_manifests").GetBoolean());
        Assert.Equal("<b>ünï</b>", changed.GetProperty("description").GetString());
        using var token = new FormUrlEncodedContent([new("name", "bot"), new("access_level", "30"), new("scopes[]", "read_registry")]);
        Assert.Equal(30, (await Answer(HttpMethod.Post, $"/api/v4/projects/{id}/access_tokens", token, user.Token, HttpStatusCode.Created)).GetProperty("access_level").GetInt32());
    }

    [Fact]
    public async Task Parameters_of_the_address_serve_a_call_without_a_body_and_what_the_body_says_wins()
    {
        var user = await server.NewUser();
        var made = await Answer(HttpMethod.Post, "/api/v4/projects?path=by-address&visibility=private&description=a%20b", null, user.Token, HttpStatusCode.Created);
        Assert.Equal("a b", made.GetProperty("description").GetString());
        using var form = new FormUrlEncodedContent([new("description", "of the body")]);
        var changed = await Answer(HttpMethod.Put, $"/api/v4/projects/{made.GetProperty("id")}?description=of%20the%20address&name=Renamed", form, user.Token, HttpStatusCode.OK);
        Assert.Equal("of the body", changed.GetProperty("description").GetString());
        Assert.Equal("Renamed", changed.GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("a[b][c][d][e][f]=1", "nested too deep")]
    [InlineData("access_level=nobody&name=x", "see $.access_level")]
    [InlineData("scopes=read_registry&name=x", "see $.scopes")]
    public async Task Form_that_is_not_what_the_address_takes_is_400_that_says_where(string form, string why)
    {
        var user = await server.NewUser();
        var project = await Answer(HttpMethod.Post, "/api/v4/projects?path=p", null, user.Token, HttpStatusCode.Created);
        using var content = new StringContent(form, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        var refused = await Answer(HttpMethod.Post, $"/api/v4/projects/{project.GetProperty("id")}/access_tokens", content, user.Token, HttpStatusCode.BadRequest);
        Assert.Contains(why, refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_of_objects_begin_anew_where_a_name_comes_again()
    {
        var user = await server.NewUser();
        var project = await Answer(HttpMethod.Post, "/api/v4/projects?path=p", null, user.Token, HttpStatusCode.Created);
        using var form = new FormUrlEncodedContent([new("ref", "main"), new("variables[][key]", "A"), new("variables[][value]", "1"), new("variables[][key]", "B"), new("variables[][value]", "2")]);
        // Read as two variables, it fails only for want of the branch.
        var refused = await Answer(HttpMethod.Post, $"/api/v4/projects/{project.GetProperty("id")}/pipeline", form, user.Token, HttpStatusCode.BadRequest);
        Assert.Contains("Reference not found", refused.ToString(), StringComparison.Ordinal);
    }

    private async Task<JsonElement> Answer(HttpMethod method, string path, HttpContent? content, string token, HttpStatusCode status)
    {
        using var reply = await server.Send(method, path, content, token: token);
        var text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(reply.StatusCode == status, $"{(int)reply.StatusCode} {text}");
        using var json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }
}
