//! Time zones by IANA names, from the built-in table.

use jiff::tz::TimeZoneDatabase;

/// Whether the platform knows a zone: an IANA name in its exact case, or an offset such as `GMT+2`.
pub fn is_known_zone(name: &str) -> bool {
    if let Some(offset) = name.strip_prefix("GMT").or_else(|| name.strip_prefix("UTC"))
        && let Some(digits) = offset.strip_prefix(['+', '-'])
    {
        let hours: Option<u8> = digits.split(':').next().and_then(|h| h.parse().ok());
        return hours.is_some_and(|h| h <= 18) && digits.len() <= 5;
    }
    TimeZoneDatabase::bundled().get(name).is_ok_and(|tz| tz.iana_name() == Some(name))
}

/// Every IANA name.
pub fn zone_names() -> Vec<String> {
    TimeZoneDatabase::bundled().available().map(|n| n.as_str().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_exact() {
        assert!(is_known_zone("Europe/Berlin"));
        assert!(is_known_zone("UTC"));
        assert!(is_known_zone("GMT+2"));
        assert!(!is_known_zone("Mars/Phobos"));
        assert!(!is_known_zone("europe/berlin"));
        assert!(zone_names().len() > 400);
    }
}
