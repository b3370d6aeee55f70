using System.Net;
using System.Text;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>PostgreSQL takes no NUL in a text: what clients send must not reach it.</summary>
public sealed class ControlCharacterTests(TestServer server)
{
    [Theory]
    [InlineData("root\0:correct horse battery")]
    [InlineData("\0:\0")]
    [InlineData("root:correct horse\0battery")]
    public async Task A_login_with_a_NUL_is_refused_as_any_other_wrong_one(string basic)
    {
        using var token = await server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry", basic: basic);
        Assert.Equal(HttpStatusCode.Unauthorized, token.StatusCode);
        using var api = await server.Send(HttpMethod.Get, "/api/v4/user", basic: basic);
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
    }

    [Theory]
    [InlineData("grant_type=password&service=container_registry&username=root%00&password=x")]
    [InlineData("grant_type=password&service=container_registry&username=root&password=%00")]
    [InlineData("a_key_that_is_longer_than_any_field_of_the_form_and_longer_than_64_characters=1")]
    public async Task A_form_that_cannot_be_read_is_a_bad_request(string form)
    {
        using var content = new StringContent(form, Encoding.ASCII, "application/x-www-form-urlencoded");
        using var reply = await server.Send(HttpMethod.Post, "/jwt/auth", content);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.StartsWith("UNKNOWN: the form can't be read", await RegistryClient.Error(reply));
    }

    [Fact]
    public async Task A_manifest_with_a_NUL_in_its_artifact_type_is_MANIFEST_INVALID()
    {
        var client = await RegistryClient.Fresh(server);
        var json = await client.ImageManifest();
        using var reply = await client.PutManifest("latest", json[..^1] + ""","artifactType":"application/\u0000x"}""");
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.StartsWith("MANIFEST_INVALID: artifactType holds a control character", await RegistryClient.Error(reply));
    }
}
