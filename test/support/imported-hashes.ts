/** A secret, and hashes of it that other programs made: Perl's crypt, and Python's hashlib. */
export const IMPORTED_SECRET = 'correct horse battery staple';
export const IMPORTED_HASHES = {
  bcrypt: '$2y$04$CCCCCCCCCCCCCCCCCCCCC.0uP/2zHIr81tVya45gVnDFLBmqu9l4W',
  'PBKDF2 with SHA-1': '$pbkdf2-sha1$i=1000,l=20$sVZYIKXNrEDgUg0j+dCxSQ$I6dwkZJcvwin7SViygymwwLmPAY',
  'PBKDF2 with SHA-256':
    '$pbkdf2-sha256$i=25000,l=32$XVsJ9tyy1Tpf/8YMSsDVXw$BuBGScDtcsRA+Nr2cbZh01F0x7DKhzwV+/O4oUNRp0w',
  'PBKDF2 with SHA-512':
    '$pbkdf2-sha512$i=1000,l=64$o5YkRkO1beShZCtayuWUcA$VRGxr45Gp3ncD7aLgypXGDqdMGPHNz5keFL2wWHwYad6gfmciFaHN2RMcU/91M6DUTPDmf6qZFvTlL5RcAwBvQ',
  scrypt:
    '$scrypt$ln=10,r=8,p=2$MDEyMzQ1Njc4OWFiY2RlZg$KhW5KLACpfR1HRqSPdg8ODHC9nzhpv0EHEqfwm5GJX5Sa4Dy5So144+0/AGapdVGj4bLCXJ5ifGTt1nWF+7Szg',
};
