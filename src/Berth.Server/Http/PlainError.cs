namespace Berth.Server.Http;

/// <summary>An error in plain text: what git shows to its user, each line behind 'remote: '.</summary>
internal static class PlainError
{
    public static Task Write(HttpResponse response, int status, string message) => Of(status, message).ExecuteAsync(response.HttpContext);

    public static IResult Of(int status, string message) => Results.Text(message + "\n", "text/plain", System.Text.Encoding.UTF8, status);
}
