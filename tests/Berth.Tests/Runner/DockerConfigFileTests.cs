using Berth.Runner.Engine;

namespace Berth.Tests.Runner;

/// <summary>Which login of a docker config.json an image is pulled with.</summary>
public sealed class DockerConfigFileTests
{
    // u:p, hub:h and path:q:r in base64.
    private const string Json = """
        { "auths": {
            "registry.example.com:5050": { "auth": "dTpw" },
            "registry.example.com:5050/group": { "auth": "cGF0aDpxOnI=" },
            "https://index.docker.io/v1/": { "auth": "aHViOmg=" },
            "https://plain.example.com": { "username": "x", "password": "y" },
            "empty.example.com": {} } }
        """;

    [Theory]
    [InlineData("registry.example.com:5050/other/image:1", "u", "p")]
    [InlineData("registry.example.com:5050/group/image", "path", "q:r")]
    [InlineData("registry.example.com:5050/groups/image", "u", "p")]
    [InlineData("busybox", "hub", "h")]
    [InlineData("plain.example.com/a", "x", "y")]
    public async Task The_longest_path_wins(string image, string user, string password)
    {
        var auth = await Find(image);

        Assert.Equal((user, password), (auth?.Username, auth?.Password));
    }

    [Theory]
    [InlineData("registry.example.com/other")]
    [InlineData("empty.example.com/a")]
    public async Task An_unknown_registry_has_no_login(string image) => Assert.Null(await Find(image));

    private static Task<RegistryAuth?> Find(string image)
    {
        Assert.True(ImageReference.TryParse(image, out var reference));
        return DockerConfigFile.Parse(Json, "test").Find(reference, TestContext.Current.CancellationToken);
    }
}
