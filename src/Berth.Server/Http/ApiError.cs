namespace Berth.Server.Http;

/// <summary>Errors of the REST API, in GitLab's shapes: {"message": …}, and {"error": …, "scope": …} for a missing scope.</summary>
internal static class ApiError
{
    public const string SendJson = "send the body as JSON, with Content-Type: application/json, or as a form";

    public static IResult Of(int status, string message) => Results.Json(new ApiMessage(message), statusCode: status);

    /// <summary>For a list whose page says in its Link where the next begins.</summary>
    public static IResult BadCursor => BadRequest("cursor is invalid: take it from the Link of the page before");

    /// <summary>A parameter that is missing or of the wrong form, as GitLab's parameter checks say it.</summary>
    public static IResult BadRequest(string error) => Results.Json(new { error }, statusCode: 400);

    public static IResult NotFound(string what) => Of(404, $"404 {what} Not Found");

    /// <summary>What is wrong with which field, as GitLab's validations say it.</summary>
    public static IResult Invalid(string field, string message) => Results.Json(new { message = new Dictionary<string, string[]> { [field] = [message] } }, statusCode: 400);

    /// <summary>GitLab's shape and opening words of 429, then why; a ban is an ordinary 403.</summary>
    public static Task WriteWait(HttpResponse response, int status, string message) => status == StatusCodes.Status429TooManyRequests
        ? Results.Json(new { message = new { error = $"This endpoint has been requested too many times. Try again later. Why: {message}" } }, statusCode: status).ExecuteAsync(response.HttpContext)
        : Write(response, status, $"403 Forbidden - {message}");

    public static Task Write(HttpResponse response, int status, string message) => Of(status, message).ExecuteAsync(response.HttpContext);

    /// <summary>GitLab's words for what the framework refused before any endpoint: an address or a method that is none.</summary>
    public static Task WriteUnrouted(HttpResponse response) =>
        Results.Json(new
        {
            error = response.StatusCode switch
            {
                400 => "400 Bad Request",
                405 => "405 Not Allowed",
                415 => $"415 Unsupported Media Type: {SendJson}",
                _ => "404 Not Found",
            }
        }, statusCode: response.StatusCode).ExecuteAsync(response.HttpContext);

    public static Task WriteScope(HttpResponse response, IEnumerable<string> needed) => Results.Json(new
    {
        error = "insufficient_scope",
        error_description = "The request requires higher privileges than provided by the access token.",
        scope = string.Join(' ', needed),
    }, statusCode: 403).ExecuteAsync(response.HttpContext);
}

/// <summary>What GitLab says in words: of most errors, and of what goes on behind an answer.</summary>
internal sealed record ApiMessage(string Message);
