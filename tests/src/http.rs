//! A plain HTTP client: what a caller sends and sees, nothing more.

use serde_json::Value;

/// An answer of the server.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.text))
    }

    /// A header by its lowercase name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Panics unless the status is the expected one; gives the answer back.
    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Panics unless this is the loan accounts door's refusal with this status, code and name.
    #[track_caller]
    pub fn expect_refusal(&self, status: u16, code: i64, name: &str) {
        let body = self.json();
        let got = (self.status, body["returnCode"].as_i64(), body["returnStatus"].as_str());
        assert_eq!(got, (status, Some(code), Some(name)), "{}", self.text);
    }
}

/// A caller with credentials.
#[derive(Debug, Clone)]
pub struct Caller {
    base: String,
    agent: ureq::Agent,
    headers: Vec<(String, String)>,
}

impl Caller {
    /// A caller without credentials.
    pub fn anonymous(base: &str) -> Caller {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        Caller { base: base.to_owned(), agent: config.into(), headers: vec![] }
    }

    /// A caller with HTTP Basic credentials who trusts one certificate, given as PEM, and no other.
    pub fn basic_trusting(base: &str, (user, password): (&str, &str), certificate: &[u8]) -> Caller {
        use ureq::tls::{Certificate, RootCerts, TlsConfig};

        let certificate = Certificate::from_pem(certificate).expect("a certificate as PEM");
        let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[certificate])).build();
        let config = ureq::Agent::config_builder().http_status_as_error(false).tls_config(tls).build();
        Caller { agent: config.into(), ..Caller::basic(base, user, password) }
    }

    /// A caller with HTTP Basic credentials.
    pub fn basic(base: &str, user: &str, password: &str) -> Caller {
        Caller::anonymous(base)
            .with_header("authorization", &format!("Basic {}", base64(&format!("{user}:{password}"))))
    }

    /// The same caller with one more header.
    pub fn with_header(mut self, name: &str, value: &str) -> Caller {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same caller of a server at another address.
    pub fn at(self, base: &str) -> Caller {
        Caller { base: base.to_owned(), ..self }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, "")
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None, "")
    }

    /// Posts a form.
    pub fn form(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, Some("application/x-www-form-urlencoded; charset=UTF-8"), body)
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some("application/json; charset=UTF-8"), &body.to_string())
    }

    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, Some("application/json"), &body.to_string())
    }

    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send("PATCH", path, Some("application/json"), &body.to_string())
    }

    /// Sends anything.
    pub fn send(&self, method: &str, path: &str, content_type: Option<&str>, body: &str) -> Answer {
        self.try_send(method, path, content_type, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// Reads what may be no text; gives status and content.
    pub fn download(&self, path: &str) -> (u16, Vec<u8>) {
        let mut request = ureq::http::Request::builder().method("GET").uri(format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(()).expect("a test sends well-formed requests");
        let mut response = self.agent.run(request).unwrap_or_else(|error| panic!("GET {path}: {error}"));
        let status = response.status().as_u16();
        (status, response.body_mut().read_to_vec().unwrap_or_else(|error| panic!("GET {path}: {error}")))
    }

    /// Sends anything; the server may be gone.
    ///
    /// # Errors
    /// When no answer came.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        content_type: Option<&str>,
        body: &str,
    ) -> Result<Answer, ureq::Error> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let request = request.body(body.to_owned()).expect("a test sends well-formed requests");
        let mut response = self.agent.run(request)?;
        let headers = response.headers().iter();
        let headers = headers
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").to_owned()))
            .collect();
        let status = response.status().as_u16();
        Ok(Answer { status, headers, text: response.body_mut().read_to_string()? })
    }
}

/// Base64 of a short text, for HTTP Basic.
fn base64(text: &str) -> String {
    const SYMBOLS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits =
            chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for position in 0..4 {
            let index = usize::try_from(bits >> (18 - 6 * position) & 63).expect("six bits");
            encoded.push(if position <= chunk.len() { char::from(SYMBOLS[index]) } else { '=' });
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    #[test]
    fn base64_of_the_examples_of_rfc_4648() {
        let examples = [
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("admin:x", "YWRtaW46eA=="),
        ];
        for (text, encoded) in examples {
            assert_eq!(super::base64(text), encoded);
        }
    }
}
